"""What is typed into the search field is words, never query language."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.core.errors import BadRequest
from social_cme.search.rules import CLOSE_MARK, OPEN_MARK, Piece, fts5_expression, parse_query, pieces_of, tsquery_text


def _words(text: str) -> list[tuple[tuple[str, ...], bool, bool]]:
    query = parse_query(text)
    return [(term.words, term.prefix, term.negated) for term in (*query.wanted, *query.unwanted)]


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("apixaban kidney", [(("apixaban",), False, False), (("kidney",), False, False)]),
        ('"atrial fibrillation"', [(("atrial", "fibrillation"), False, False)]),
        ('"never closed', [(("never", "closed"), False, False)]),
        ("stroke -warfarin", [(("stroke",), False, False), (("warfarin",), False, True)]),
        ('stroke -"oral anticoagulant"', [(("stroke",), False, False), (("oral", "anticoagulant"), False, True)]),
        ("thrombo*", [(("thrombo",), True, False)]),
        ("beta-blocker", [(("beta", "blocker"), False, False)]),
        ("title:x NEAR(a b) OR c^2", [((w,), False, False) if isinstance(w, str) else (w, False, False) for w in
                                      [("title", "x"), ("NEAR", "a"), "b", "OR", ("c", "2")]]),
        ("*** \"\" -- ' ; ( )", []),
        ("t*", [(("t",), False, False)]),
    ],
)  # fmt: skip
def test_operators_are_understood_and_the_rest_is_words(typed: str, understood: list[object]) -> None:
    assert _words(typed) == understood


def test_too_much_is_refused_and_says_how_much_is_accepted() -> None:
    with pytest.raises(BadRequest, match="200 characters"):
        parse_query("a" * 201)
    with pytest.raises(BadRequest, match="200 characters"):
        parse_query("a b " * 1_000_000)
    with pytest.raises(BadRequest, match="16 words"):
        parse_query("a " * 17)
    assert len(parse_query("a " * 16).wanted) == 16


@given(st.text(max_size=200))
def test_no_text_can_make_a_broken_expression(typed: str) -> None:
    try:
        query = parse_query(typed)
    except BadRequest:
        return
    if query.is_empty:
        return
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE words USING fts5(body)")
        for every in (True, False):
            database.execute(
                "SELECT * FROM words WHERE words MATCH ?", (fts5_expression(query, every=every),)
            ).fetchall()
    database.close()
    for term in query.wanted:
        assert set(tsquery_text(term)) - set(":*<-> ") == set("".join(term.words)) - set(":*<-> ")


def test_an_excerpt_is_taken_apart_at_its_marks() -> None:
    marked = f"a <b> {OPEN_MARK}word{CLOSE_MARK} and {OPEN_MARK}more{CLOSE_MARK}"
    assert pieces_of(marked) == [Piece("a <b> "), Piece("word", found=True), Piece(" and "), Piece("more", found=True)]
    assert pieces_of(f"{OPEN_MARK}first{CLOSE_MARK}") == [Piece("first", found=True)]
    assert pieces_of("") == []
