"""What a detector hands back, and how overlapping findings are settled.

Rule: offsets count the characters of the text that was handed in. A finding never travels into a log or a row.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from social_cme.privacy.enums import Certainty, IdentifierClass

# Characters that look like others and would hide a number or a name; each is replaced by one, so that offsets stay.
_FOLD: dict[int, str] = {
    **dict.fromkeys((8208, 8209, 8210, 8211, 8212, 8213, 8722, 65112, 65123), "-"),
    **dict.fromkeys((8216, 8217, 700, 8242), "'"),
    **dict.fromkeys((160, 8194, 8195, 8199, 8201, 8202, 8239, 12288), " "),
    **{0xFF01 + step: chr(0x21 + step) for step in range(94)},
    **{0x0660 + digit: str(digit) for digit in range(10)},
    **{0x06F0 + digit: str(digit) for digit in range(10)},
}
_KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text that could identify a person: where it is, what it is, why, and what to write instead."""

    start: int
    end: int
    class_: IdentifierClass
    certainty: Certainty
    why: str
    proposal: str

    @property
    def blocks(self) -> bool:
        """Whether it has to go before the text can be published."""
        return self.certainty == Certainty.BLOCK


def ask(class_: IdentifierClass, start: int, end: int, why: str, proposal: str) -> Finding:
    """Make a finding that its author decides about."""
    return Finding(start, end, class_, Certainty.ASK, why, proposal)


def block(class_: IdentifierClass, start: int, end: int, why: str, proposal: str) -> Finding:
    """Make a finding that has to go."""
    return Finding(start, end, class_, Certainty.BLOCK, why, proposal)


def fold(text: str) -> str:
    """Return *text* with look-alike dashes, blanks, quotes and digits made plain, character for character."""
    return text.translate(_FOLD) if not text.isascii() else text


def key_of(finding: Finding, text: str) -> str:
    """Return the short name of a finding in its text, by which an author attests it.

    It depends on the class and the words alone, so it survives an edit elsewhere. It is never stored.
    """
    words = " ".join(fold(text[finding.start : finding.end]).casefold().split())
    return hashlib.sha256(f"{finding.class_}\x1f{words}".encode()).hexdigest()[:_KEY_LENGTH]


def settle(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of the text without overlaps: what blocks wins, then what covers more, then the first."""
    ranked = sorted(found, key=lambda one: (not one.blocks, one.start - one.end, one.start))
    taken: list[Finding] = []
    starts: list[int] = []
    for one in ranked:
        place = bisect_left(starts, one.start)
        fits_left = place == 0 or taken[place - 1].end <= one.start
        if fits_left and (place == len(taken) or one.end <= taken[place].start):
            taken.insert(place, one)
            starts.insert(place, one.start)
    return tuple(taken)
