"""Vocabularies of attendance."""

from __future__ import annotations

from enum import StrEnum


class Reckoned(StrEnum):
    """What became of a piece of somebody's time in a session."""

    COUNTED = "counted"
    PAUSE = "pause"
    BREAK = "break"
    UNANSWERED = "unanswered"
    OVERLAP = "overlap"
    GAP = "gap"
