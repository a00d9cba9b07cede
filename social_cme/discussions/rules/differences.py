"""How two versions of a text differ, for the page that shows what changed.

Rule: the work is bounded, whatever the two texts are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
_MOST_WORDS = 1_200


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both versions have (``same``), or that was ``removed`` or ``added``."""

    change: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from *before* to *after*: by words, or by lines when the texts are long."""
    if before == after:
        return [Piece("same", after)] if after else []
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) + len(new) > _MOST_WORDS:
        return [piece for piece in (Piece("removed", before), Piece("added", after)) if piece.text]
    pieces: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(new[new_from:new_to])))
            continue
        pieces += [
            Piece(change, text)
            for change, text in (("removed", "".join(old[old_from:old_to])), ("added", "".join(new[new_from:new_to])))
            if text
        ]
    return pieces
