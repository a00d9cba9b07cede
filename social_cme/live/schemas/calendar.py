"""Shapes of calendars and of one's own answer to a session."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from social_cme.live.enums import RsvpState
from social_cme.live.schemas.base import Shown
from social_cme.web.api import Schema


class RsvpOut(Shown):
    """What one said about coming; ``position`` is one's place in line, 1 for the next, while one waits.

    ``reason`` says why one may not come.
    """

    state: RsvpState | None
    position: int | None
    may_come: bool
    reason: str | None


class FeedOut(Shown):
    """One's calendar feed; its address cannot be shown again."""

    all_sessions: bool
    made_at: datetime
    last_read_at: datetime | None

    @classmethod
    def of(cls, feed: Any) -> Self:
        """Show a feed."""
        return cls(all_sessions=feed.all_sessions, made_at=feed.created_at, last_read_at=feed.last_read_at)


class NewFeedOut(FeedOut):
    """A calendar feed that was just made, with its secret address."""

    address: str


class FeedBody(Schema):
    """Which sessions a new feed holds: all of one's rooms, or only those one comes to or leads; left out, it stays as it was."""

    all_sessions: bool | None = None


class FeedPatch(Schema):
    """Which sessions the feed holds: all of one's rooms, or only those one comes to or leads."""

    all_sessions: bool
