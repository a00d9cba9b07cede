"""Polls as tables: one line for each named ballot, or for each counter of an anonymous poll.

Rule: a table of an anonymous poll is made of its counters alone, so nobody can stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from social_cme.live.enums import PollKind

Cell = str | int | float | None

BALLOT_HEADER = ("poll", "question", "kind", "round", "user_id", "name", "answer", "right", "voted_at", "changed_at")
COUNT_HEADER = ("poll", "question", "kind", "round", "voters", "answer", "votes", "percent", "points", "first_places")


def answer_text(kind: str, kept: Mapping[str, Any], options: Sequence[str]) -> str:
    """Write a named ballot as one cell."""
    if kind == PollKind.TEXT:
        return str(kept.get("text", ""))
    if kind == PollKind.SCALE:
        return str(kept.get("value", ""))
    if kind == PollKind.RANKING:
        return "; ".join(f"{rank}. {options[place - 1]}" for rank, place in enumerate(kept.get("ranks", ()), start=1))
    if kind == PollKind.DIFFERENTIAL:
        shares = sorted(kept.get("shares", {}).items(), key=lambda one: (-one[1], int(one[0])))
        return "; ".join(f"{options[int(place) - 1]} {share} %" for place, share in shares)
    return "; ".join(options[place - 1] for place in kept.get("choices", ()))


def is_right(kind: str, kept: Mapping[str, Any], correct: Sequence[int]) -> bool | None:
    """Tell whether a quiz was answered right: all right options and no other. ``None`` where nothing can be right."""
    if kind != PollKind.QUIZ or not correct:
        return None
    return sorted(kept.get("choices", ())) == sorted(correct)


def place_text(kind: str, place: int, options: Sequence[str]) -> str:
    """Write what is counted at a place."""
    return str(place) if kind == PollKind.SCALE else options[place - 1]
