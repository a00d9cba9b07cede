"""Which questions probably ask the same: the share of words that two of them have in common.

Rule: this only proposes; a person decides what is merged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

ALIKE = 0.5
_WORD = re.compile(r"[^\W_]+")
_IDLE_WORDS = """
a about after all also am an and any are as at be been before but by can could did do does for from get give had has have how
i if in into is it its just may me more much my no not of on one or our out over please she should so some such than that the
their them then there these they this to too under up us use used very was we were what when where which who why will with
would you your
"""
_IDLE = frozenset(_IDLE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Alike:
    """Two texts, by their position, that probably ask the same; ``first`` comes before ``second``."""

    first: int
    second: int
    share: float


def words_of(text: str) -> frozenset[str]:
    """Return the words of *text* that carry its meaning, without endings that only make them plural or a verb form."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(one for one in apart if not unicodedata.combining(one))
    return frozenset(_stem(word) for word in _WORD.findall(plain) if word not in _IDLE)


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Return the share of common words of two texts: 0 for none or for no words at all, 1 for the same words."""
    if not left or not right:
        return 0.0
    return len(left & right) / len(left | right)


def find_alike(texts: Sequence[str], *, at_least: float = ALIKE, most: int = 20) -> list[Alike]:
    """Return the pairs of *texts* that probably ask the same, the most alike first, at most *most*.

    The cost grows with the square of their number; give it a few hundred.
    """
    # Each word is a bit, so that what two texts share is counted by the processor and not word by word.
    bits: dict[str, int] = {}
    masks = [sum(1 << bits.setdefault(word, len(bits)) for word in words_of(text)) for text in texts]
    sizes = [mask.bit_count() for mask in masks]
    found: list[Alike] = []
    for first, left in enumerate(masks):
        for second in range(first + 1, len(masks)):
            common = (left & masks[second]).bit_count()
            if common and common >= at_least * (sizes[first] + sizes[second] - common):
                found.append(Alike(first, second, common / (sizes[first] + sizes[second] - common)))
    return sorted(found, key=lambda one: (-one.share, one.first, one.second))[:most]


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word.removesuffix(ending)
            return f"{stem}y" if ending == "ies" else stem
    return word
