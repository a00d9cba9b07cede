"""The shipped clinical tags: finding one by any of its names, and suggesting some for what was typed so far.

Rule: two ways to write the same thing lead to one tag. The words stand in ``data/specialties.json`` and ``data/topics.json``;
a key, once released, never changes its meaning.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from social_cme.core.text import clean_line

TAGS_MOST = 5
TAG_LIMIT = 40
TAGS_LINE_LIMIT = 400
KEY_LIMIT = 60
_LONGEST_NAME = 5
DATA = Path(__file__).parent.parent / "data"
_GAPS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of the shipped vocabulary; ``within`` are the keys of the specialties it belongs to."""

    key: str
    name: str
    synonyms: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    is_specialty: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tag for what was typed; ``because`` is the other name that fits, empty when the name itself does."""

    key: str
    name: str
    because: str = ""


def fold(text: str) -> str:
    """Return the form under which two writings of a name are the same: plain small letters and digits, single blanks."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _GAPS.sub(" ", plain).strip()


def key_of(name: str) -> str:
    """Return the key of a tag that mentors add; empty for a name without a letter or digit of the Latin script."""
    return fold(name).replace(" ", "-")[:KEY_LIMIT].strip("-")


def split_tags(text: str) -> list[str]:
    """Return the tags of a line in which they are separated by commas, semicolons or line ends; each once."""
    parts = (clean_line(part) for part in re.split(r"[,;\n]", text[: TAGS_LINE_LIMIT * 4]))
    return list({fold(part) or part: part for part in parts if part}.values())


@cache
def shipped_tags() -> dict[str, Tag]:
    """Return every shipped tag by its key, specialties first."""
    found: dict[str, Tag] = {}
    for name in ("specialties", "topics"):
        content = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
        for one in content["tags"]:
            tag = Tag(
                key=one["key"],
                name=one["name"],
                synonyms=tuple(one["synonyms"]),
                within=tuple(one["within"]),
                is_specialty=name == "specialties",
            )
            found[tag.key] = tag
    return found


def find_shipped(text: str) -> Tag | None:
    """Return the tag that is called so, by its name, key, a synonym, or one of these in the plural."""
    wanted = fold(text)
    names = _by_name()
    found = names.get(wanted) or (names.get(wanted.removesuffix("s")) if len(wanted) > 4 else None)
    return shipped_tags()[found] if found is not None else None


def suggest(text: str, extra: Iterable[tuple[str, str]] = (), *, limit: int = 8) -> list[Suggestion]:
    """Return tags whose name, or another name, begins with what was typed, or has a word that does.

    Names come before other names, beginnings before words in the middle; *extra* are (key, name) of tags beside the shipped.
    """
    wanted = fold(text[: TAG_LIMIT * 2])
    if not wanted:
        return []
    best: dict[str, tuple[tuple[int, int, str], Suggestion]] = {}
    more = [(fold(name), key, name, name) for key, name in extra]
    for folded, key, name, called in (*_entries(), *more):
        place = 0 if folded.startswith(wanted) else 2 if f" {wanted}" in f" {folded}" else None
        if place is None:
            continue
        is_other = called != name
        rank = (place + is_other, len(folded), name)
        if key not in best or rank < best[key][0]:
            best[key] = rank, Suggestion(key, name, called if is_other else "")
    return [one for _rank, one in sorted(best.values(), key=lambda pair: pair[0])][:limit]


@cache
def _entries() -> tuple[tuple[str, str, str, str], ...]:
    """Return (folded, key, name, called) for every name of every shipped tag."""
    return tuple(
        (fold(called), tag.key, tag.name, called)
        for tag in shipped_tags().values()
        for called in (tag.name, *tag.synonyms)
    )


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for tag in shipped_tags().values():
        for called in (tag.name, tag.key, *tag.synonyms):
            names.setdefault(fold(called), tag.key)
    return names


def concepts_of(text: str) -> set[str]:
    """Return the keys of shipped tags that a text names, the longest name at each place.

    Names of less than four letters are left out: most of them are English words or stand for several things.
    """
    found: set[str] = set()
    words = fold(text).split()
    names = _by_name()
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - place), 0, -1):
            name = " ".join(words[place : place + length])
            key = names.get(name) or (names.get(name.removesuffix("s")) if len(name) > 5 else None)
            if key is not None and len(name) > 3:
                found.add(key)
                place += length - 1
                break
        place += 1
    return found


def other_names(key: str, *, most: int = 3) -> list[str]:
    """Return the name of a shipped tag and a few of its other names, as they are looked for in texts."""
    tag = shipped_tags().get(key)
    if tag is None:
        return []
    return [name for name in (tag.name, *tag.synonyms) if len(fold(name)) > 3][:most]
