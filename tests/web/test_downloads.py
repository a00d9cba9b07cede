"""CSV files: harmless in a spreadsheet, whole, and written piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from social_cme.web.downloads import csv_download, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        '=HYPERLINK("http://evil.example")',
        " =1+1",
        "＝1",
        "＠x",
    ],
)
def test_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Push or hold?", "a=b", "Dr. Okafor", "'quoted'", "5 - 3", "é"])
def test_other_text_is_left_alone(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize("number", [0, -5, 2.5, -0.1])
def test_numbers_stay_numbers(number: float) -> None:
    assert safe_cell(number) == number


def test_nothing_is_an_empty_cell() -> None:
    assert safe_cell(None) == ""


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00"), max_size=30),
            min_size=2,
            max_size=2,
        ),
        max_size=5,
    )
)
def test_no_cell_of_any_text_begins_a_formula_and_all_text_survives(rows: list[list[str]]) -> None:
    app = Flask(__name__)
    with app.test_request_context():
        body = csv_download("x.csv", ["a", "b"], [rows]).get_data().decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(body, newline="")))[1:]
    assert len(found) == len(rows)
    for line, row in zip(found, rows, strict=True):
        for cell, text in zip(line, row, strict=True):
            assert cell.removeprefix("'") == text.removeprefix("'")
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_the_file_has_a_byte_order_mark_a_name_and_is_not_kept() -> None:
    app = Flask(__name__)
    with app.test_request_context():
        answer = csv_download("participation.csv", ["name"], [[["Zoë"]]])
        assert answer.get_data() == b"\xef\xbb\xbfname\r\nZo\xc3\xab\r\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="participation.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "text/csv; charset=utf-8"


def test_one_batch_is_read_at_a_time() -> None:
    read: list[int] = []

    def batches() -> Iterator[list[list[int]]]:
        for number in range(3):
            read.append(number)
            yield [[number]]

    app = Flask(__name__)
    with app.test_request_context():
        chunks = csv_download("x.csv", ["n"], batches()).iter_encoded()
        assert next(iter(chunks)) == b"\xef\xbb\xbfn\r\n0\r\n"
        assert read == [0]
        assert b"".join(chunks) == b"1\r\n2\r\n"


def test_an_empty_table_is_its_header() -> None:
    app = Flask(__name__)
    with app.test_request_context():
        assert csv_download("x.csv", ["n"], []).get_data() == b"\xef\xbb\xbfn\r\n"
