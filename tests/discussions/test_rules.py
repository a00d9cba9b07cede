"""Pure rules: sources as people paste them, places of drafts, differences of texts."""

from __future__ import annotations

import time

import pytest

from social_cme.core.errors import Invalid
from social_cme.discussions.enums import CitationKind
from social_cme.discussions.rules.citations import parse_source, parse_sources, source_href, source_line
from social_cme.discussions.rules.differences import differences
from social_cme.discussions.rules.places import draft_content, is_place

PASTED = [
    ("31475795", "pmid", "31475795", ""),
    ("PMID: 31475795", "pmid", "31475795", ""),
    ("pmid 0012", "pmid", "12", ""),
    ("https://pubmed.ncbi.nlm.nih.gov/31475795/", "pmid", "31475795", ""),
    ("https://www.ncbi.nlm.nih.gov/pubmed/31475795?dopt=Abstract", "pmid", "31475795", ""),
    ("10.1056/NEJMoa1107039", "doi", "10.1056/NEJMoa1107039", ""),
    ("doi:10.1056/NEJMoa1107039.", "doi", "10.1056/NEJMoa1107039", ""),
    ("https://doi.org/10.1016/S0140-6736(05)61030-6", "doi", "10.1016/S0140-6736(05)61030-6", ""),
    ("http://dx.doi.org/10.1002%2Fejhf.1369", "doi", "10.1002/ejhf.1369", ""),
    ("(doi: 10.1001/archinte.159.7.677)", "doi", "10.1001/archinte.159.7.677", ""),
    (
        "Granger CB, et al. N Engl J Med 2011;365:981. doi:10.1056/NEJMoa1107039",
        "doi",
        "10.1056/NEJMoa1107039",
        "Granger CB, et al. N Engl J Med 2011;365:981",
    ),
    ("10.1056/NEJMoa1005419 | DOSE trial", "doi", "10.1056/NEJMoa1005419", "DOSE trial"),
    ("Guideline PMID 12345 (2020)", "pmid", "12345", "Guideline 2020"),
    ("HTTPS://Example.ORG/Path?utm_source=x&id=4", "url", "https://example.org/Path?id=4", ""),
    ("See https://example.org/a, please", "url", "https://example.org/a", "See please"),
    ("https://example.org", "url", "https://example.org/", ""),
]


@pytest.mark.parametrize(("line", "kind", "value", "label"), PASTED)
def test_a_source_is_read_from_what_people_paste(line: str, kind: str, value: str, label: str) -> None:
    source = parse_source(line)
    assert source is not None
    assert (source.kind, source.value) == (kind, value)
    assert source.label.replace("(", "").replace(")", "") == label.replace("(", "").replace(")", "")


@pytest.mark.parametrize("line", [row[0] for row in PASTED])
def test_a_stored_source_written_out_reads_back_the_same(line: str) -> None:
    first = parse_source(line)
    assert first is not None
    again = parse_source(source_line(first.kind, first.value, first.label))
    assert again is not None
    assert (again.kind, again.value) == (first.kind, first.value)


@pytest.mark.parametrize(
    "line",
    [
        "read it somewhere",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/a",
        "https://user:secret@example.org/",
        "https://localhost/",
        "https://[::1",
        "https://example.org:99999/",
        "0",
        "PMID 0",
        "123456789",
        "10.1056/",
    ],
)
def test_what_names_no_source_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_sources(["31475795", line])
    assert refused.value.fields["citations"][0].startswith("Source 2 could not be read")


def test_repeats_and_empty_lines_are_dropped_and_the_eleventh_is_too_many() -> None:
    assert [one.value for one in parse_sources(["", "12", "PMID 12", " ", "10.1000/A", "doi:10.1000/a"])] == [
        "12",
        "10.1000/A",
    ]
    assert len(parse_sources([str(number) for number in range(1, 11)])) == 10
    with pytest.raises(Invalid, match="up to 10"):
        parse_sources([str(number) for number in range(1, 12)])


@pytest.mark.parametrize(
    "line", ["a" * 50_000, "10.1234/" + "(" * 700, "http://" * 110, "10." * 260, "[" * 800, "pmid" * 200]
)
def test_hostile_lines_are_read_at_once(line: str) -> None:
    started = time.process_time()
    try:
        parse_sources([line])
    except Invalid:
        assert time.process_time() - started < 0.2
    assert time.process_time() - started < 0.2


def test_addresses_of_sources() -> None:
    assert source_href("pmid", "12") == "https://pubmed.ncbi.nlm.nih.gov/12/"
    assert source_href("doi", '10.1/a"b') == "https://doi.org/10.1/a%22b"
    assert source_href(CitationKind.URL, "https://example.org/") == "https://example.org/"


@pytest.mark.parametrize("place", ["room:4:case", "room:4:question", "room:1:discussion", "thread:9:answer", "thread:9:comment",
                                   "thread:9:edit", "post:31:comment", f"post:{2**63 - 1}:edit"])  # fmt: skip
def test_places_of_drafts(place: str) -> None:
    assert is_place(place)


@pytest.mark.parametrize("place", ["", "room:4", "room:0:case", "room:04:case", "room:4:answer", "post:1:answer", "thread:-1:edit",
                                   f"post:{2**63}:edit", "room:٤:case", "room:4:case\n", "user:1:edit"])  # fmt: skip
def test_anything_else_is_no_place(place: str) -> None:
    assert not is_place(place)


def test_a_draft_keeps_known_texts_alone_cleaned_and_cut() -> None:
    kept = draft_content({"body": " a\x00b ", "title": "t" * 5000, "role": "admin", "results": 4, "history": "  "})
    assert kept == {"body": "ab", "title": "t" * 300}


def test_differences_rebuild_both_texts() -> None:
    before, after = "Give ten milligrams now and\nagain tonight.", "Give five milligrams now and\nagain tomorrow night."
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "added") == before
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == after
    assert ("removed", "ten") in [(piece.change, piece.text) for piece in pieces]


@pytest.mark.parametrize(
    ("before", "after"), [("a " * 10_000, "b " * 10_000), ("a\n" * 10_000, "b\n" * 9_000), ("x y " * 300, "y x " * 300)]
)
def test_differences_of_long_texts_are_bounded(before: str, after: str) -> None:
    started = time.process_time()
    pieces = differences(before, after)
    assert time.process_time() - started < 1
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == after
