"""Fixed vocabularies of cohorts."""

from __future__ import annotations

from enum import StrEnum


class ItemKind(StrEnum):
    """What an entry of a self-study list leads to."""

    READING = "reading"
    VIDEO = "video"
    THREAD = "thread"
    SESSION = "session"


ITEM_WORDS: dict[ItemKind, str] = {
    ItemKind.READING: "Reading",
    ItemKind.VIDEO: "Video",
    ItemKind.THREAD: "Thread of this room",
    ItemKind.SESSION: "Live session of this room",
}


class Direction(StrEnum):
    """Which way an entry of a list is moved."""

    UP = "up"
    DOWN = "down"


class UnitState(StrEnum):
    """Where a unit stands for one learner."""

    LOCKED = "locked"
    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"


class ChallengePhase(StrEnum):
    """Where a group challenge stands by the clock."""

    AHEAD = "ahead"
    WORK = "work"
    FEEDBACK = "feedback"
    OVER = "over"
