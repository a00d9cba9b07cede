"""Cursors survive the round trip, and made-up ones are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.core.errors import BadRequest
from social_cme.core.pagination import clamp_limit, decode_cursor, encode_cursor, make_page


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1), st.text(max_size=40).filter(str.isprintable))
def test_a_cursor_comes_back_as_it_went(number: int, word: str) -> None:
    assert decode_cursor(encode_cursor(number, word), int, str) == [number, word]


@pytest.mark.parametrize(
    "made_up", ["x", "!!!!", "W10", encode_cursor("a"), encode_cursor(1, 2), encode_cursor(2**70), "a" * 600]
)
def test_a_made_up_cursor_is_refused(made_up: str) -> None:
    with pytest.raises(BadRequest):
        decode_cursor(made_up, int)


def test_the_last_page_has_no_cursor() -> None:
    assert make_page([1, 2], limit=2, key=lambda row: (row,)).next_cursor is None
    page = make_page([1, 2, 3], limit=2, key=lambda row: (row,))
    assert list(page.items) == [1, 2]
    assert decode_cursor(page.next_cursor, int) == [2]


def test_page_sizes_are_bounded() -> None:
    assert [clamp_limit(one) for one in (None, 0, -5, 7, 10**18)] == [20, 1, 1, 7, 100]
