"""Text is cleaned the same way everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.core.text import clean_line, clean_text, excerpt, fold_name, slugify


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two\r\nlines\r ", "two\nlines"),
        ("a\x00b\x07c", "abc"),
        ("exe.\u202efdp", "exe.fdp"),
        ("zero\u200bwidth", "zerowidth"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("e\u0301", "é"),
        ("👩\u200d⚕️", "👩\u200d⚕️"),
    ],
)
def test_what_may_mislead_or_break_is_removed(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


def test_towers_of_combining_marks_are_cut_to_four() -> None:
    assert len(clean_text("x" + "\u0301" * 5000)) <= 6


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    once = clean_text(typed)
    assert clean_text(once) == once
    assert "\n" not in clean_line(typed)
    once.encode("utf-8")


def test_an_excerpt_ends_at_a_word() -> None:
    assert excerpt("The patient was short of breath for two days.", limit=20) == "The patient was…"
    assert excerpt("short") == "short"


def test_a_slug_is_plain_ascii() -> None:
    assert slugify("Herzinsuffizienz & Rhythmus — Übung") == "herzinsuffizienz-rhythmus-ubung"
    assert slugify("日本語") == "room"


def test_names_that_look_the_same_fold_to_the_same_key() -> None:
    assert fold_name("Ada  Lovelace") == fold_name("ａｄａ lovelace")
