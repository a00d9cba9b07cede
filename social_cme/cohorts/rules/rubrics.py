"""Rubrics as people write them: a criterion with one level on each line, its name before the colon.

Rule: levels have words, for a number alone tells nobody what to do better; they are never added up to a mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from social_cme.cohorts.rules import limits
from social_cme.core.text import clean_line


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion ready for storage; the first level is the least developed."""

    name: str
    levels: tuple[tuple[str, str], ...]


def parse_levels(text: str) -> tuple[tuple[str, str], ...]:
    """Read levels from lines such as ``Developing: names a plan without a time``; raise ``ValueError`` with what is wrong."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if not clean_line(line):
            continue
        name, colon, words = (clean_line(part) for part in line.partition(":"))
        if not colon or not name or not words:
            raise ValueError("Write each level as “Name: what it looks like”, one on each line.")
        if len(name) > limits.LEVEL_NAME or len(words) > limits.LEVEL_WORDS:
            raise ValueError(
                f"The name of a level can have {limits.LEVEL_NAME} characters and its words {limits.LEVEL_WORDS}."
            )
        found.append((name, words))
    if not limits.FEWEST_LEVELS <= len(found) <= limits.MOST_LEVELS:
        raise ValueError(f"A criterion has {limits.FEWEST_LEVELS} to {limits.MOST_LEVELS} levels.")
    if len({name.casefold() for name, _ in found}) < len(found):
        raise ValueError("Two levels of a criterion cannot have the same name.")
    return tuple(found)


def write_levels(levels: Sequence[Sequence[str]]) -> str:
    """Write levels as the lines that ``parse_levels`` reads."""
    return "\n".join(f"{name}: {words}" for name, words in levels)


def fitting_levels(chosen: dict[str, int], sizes: dict[str, int]) -> bool:
    """Tell whether exactly one existing level was chosen for each criterion; *sizes* is the number of levels by criterion."""
    return set(chosen) == set(sizes) and all(
        type(level) is int and 0 <= level < sizes[key] for key, level in chosen.items()
    )
