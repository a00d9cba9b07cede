"""What waits, how long it waited, what threads are about, and what resembles a new one: taken in and shown."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from social_cme.accounts.enums import Specialty
from social_cme.discussions.enums import ThreadKind
from social_cme.discussions.schemas.shown import Shown
from social_cme.web.api import PageQuery


class WaitingQuery(PageQuery):
    """Where to look for what waits."""

    room: str = Field("", max_length=60, description="Slug of a room.")
    specialty: Specialty | None = Field(None, description="Of the room, or as a tag of the thread.")


class WaitingOut(Shown):
    """A thread that waits for its first answer."""

    id: int
    kind: ThreadKind
    title: str
    excerpt: str
    created_at: datetime
    room_slug: str
    room_name: str
    specialty: str
    mentors_told_at: datetime | None = Field(description="When the room's mentors were told that it waits.")


class WaitingList(Shown):
    """A page of what waits."""

    items: list[WaitingOut]
    next_cursor: str | None


class SpreadOut(Shown):
    """How long some things waited, in hours."""

    count: int
    median: float | None
    ninetieth: float | None = Field(description="Nine of ten waited no longer than this.")


class MonthOfWaitsOut(Shown):
    """What was asked in a month, and how long it waited for an answer and for one of a mentor."""

    month: date
    asked: int
    unanswered: int
    answer: SpreadOut
    mentor: SpreadOut


class ResponseTimes(Shown):
    """The last twelve months, the oldest first."""

    items: list[MonthOfWaitsOut]
