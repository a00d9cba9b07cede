"""Vocabularies of a session as a whole."""

from __future__ import annotations

from enum import StrEnum


class SessionState(StrEnum):
    """Where a session stands."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


class RsvpState(StrEnum):
    """Whether somebody intends to come."""

    GOING = "going"
    WAITING = "waiting"
    DECLINED = "declined"


class MentorRole(StrEnum):
    """What somebody who leads a session is in it; both steer it."""

    LEAD = "lead"
    CO_MENTOR = "co_mentor"


class ChangeScope(StrEnum):
    """How far a change of a session of a series goes."""

    ONE = "one"
    FOLLOWING = "following"
