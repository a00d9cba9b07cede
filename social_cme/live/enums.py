"""Fixed vocabularies of live sessions."""

from __future__ import annotations

from enum import StrEnum


class SessionState(StrEnum):
    """Where a session stands."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


class QuestionState(StrEnum):
    """Where a question of the queue stands."""

    OPEN = "open"
    ANSWERING = "answering"
    ANSWERED = "answered"
    MERGED = "merged"
    SKIPPED = "skipped"
    HIDDEN = "hidden"


class RsvpState(StrEnum):
    """Whether somebody intends to come."""

    GOING = "going"
    DECLINED = "declined"
