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
    DECLINED = "declined"
