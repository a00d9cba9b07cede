"""The words of a text, and runs of them that may be a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from social_cme.privacy.rules import name_cues as cues
from social_cme.privacy.rules import wordlists

_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+){0,3}\.?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place; ``low`` is without capitals and possessive."""

    start: int
    end: int
    text: str
    low: str

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()

    @property
    def is_upper(self) -> bool:
        """Whether it has capitals only."""
        return len(self.text) > 1 and self.text.isupper()


def words_of(text: str) -> list[Word]:
    """Return the words of a text with their places."""
    return [_word(match) for match in _TOKEN.finditer(text)]


def _word(match: re.Match[str]) -> Word:
    text = match.group()
    bare = text.rstrip(".")
    return Word(match.start(), match.start() + len(bare), bare, bare.casefold().removesuffix("'s"))


def run_of(text: str, words: list[Word], place: int, *, longest: int, dot: bool = False) -> list[Word]:
    """Return the words with capitals, initials and particles that follow each other from *place* on."""
    run: list[Word] = []
    while place < len(words) and len(run) < longest:
        word = words[place]
        if run and not adjoins(text, run[-1], word):
            break
        if not run and dot and place > 0 and not adjoins(text, words[place - 1], word):
            break
        is_particle = word.low in cues.PARTICLES and bool(run)
        if not (word.is_capital or is_particle):
            break
        if run and word.is_upper and not run[-1].is_upper and len(word.text) > 1:
            break
        run.append(word)
        if text[word.end - 2 : word.end] == "'s":
            break
        place += 1
    while run and run[-1].low in cues.PARTICLES:
        run.pop()
    return run


def small_run(text: str, words: list[Word], place: int, *, title: Word | None) -> list[Word]:
    """Return names written small that follow a cue."""
    run: list[Word] = []
    for word in words[place : place + 2]:
        if run and not adjoins(text, run[-1], word):
            break
        plain = (
            word.low not in wordlists.common_words()
            and word.low not in wordlists.eponyms()
            and word.low not in cues.ORDINARY
        )
        is_first = word.low in wordlists.frequent_first_names() and word.low not in wordlists.common_words()
        family = _family_forms(word.low)
        is_last = bool(family & wordlists.frequent_last_names()) and plain
        is_eponym_of_people = (
            title is not None
            and title.low in cues.STRONG_TITLES
            and bool(family & wordlists.last_names())
            and word.low not in cues.ORDINARY
        )
        if not (is_first or ((title is not None or run) and is_last) or is_eponym_of_people):
            break
        run.append(word)
    return run


def _family_forms(low: str) -> set[str]:
    """Return what may stand in the lists for a family name written small: "oconnor" for "o'connor", either half of two."""
    return {form for form in (low, low.replace("'", ""), *low.split("-")) if len(form) > 3}


def adjoins(text: str, left: Word, right: Word) -> bool:
    """Tell whether two words stand so close that they can be one name."""
    gap = text[left.end : right.start]
    initial = len(left.text) == 1 or left.low in cues.TITLES or left.low in {"jr", "sr", "st"}
    return (
        bool(gap)
        and len(gap) <= 4
        and gap.lstrip("." if initial else "").strip("*_ \t") == ""
        and "\n" not in gap
        and gap not in {"**", "*"}
    )


def follows(text: str, words: list[Word], place: int, *, dot: bool = False) -> bool:
    """Tell whether the next word stands one blank after the word at *place*."""
    if place + 1 >= len(words):
        return False
    gap = text[words[place].end : words[place + 1].start]
    return (gap.lstrip(".") if dot else gap) in {" ", "  "}


def end_of(run: list[Word]) -> int:
    """Return where a run ends, without the s of a possessive."""
    last = run[-1]
    return last.end - 2 if last.text.endswith("'s") else last.end
