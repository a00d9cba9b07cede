"""Shapes of participation in the API."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import AwareDatetime, Field, field_validator

from social_cme.cme.enums import Activity, EntryGroup, MemberSort
from social_cme.web.api import PageQuery, Schema


class LedgerQuery(PageQuery):
    """How to read one's ledger."""

    kind: EntryGroup = Field(EntryGroup.ALL, description="Narrow the ledger to a group of activities.")


class MembersQuery(PageQuery):
    """How to read a room's table."""

    sort: MemberSort = Field(MemberSort.NAME, description="By name ascending, or by a count descending.")
    since: AwareDatetime | None = Field(None, description="Only what was done from this moment on, with its zone.")

    @field_validator("since")
    @classmethod
    def _plausible(cls, value: datetime | None) -> datetime | None:
        # Moments at the edge of the calendar cannot be turned into UTC.
        if value is not None and not 1970 <= value.year <= 2200:
            raise ValueError("must lie between 1970 and 2200")
        return value.astimezone(UTC) if value is not None else None


class EntryOut(Schema):
    """A line of one's ledger."""

    id: int
    activity: Activity
    occurred_at: datetime
    recorded_at: datetime
    started_at: datetime | None
    seconds: int
    room_slug: str
    room_name: str
    thread_id: int | None
    post_id: int | None
    session_id: int | None
    title: str = Field(description="Empty when what the line is about can no longer be read.")
    revision: int
    under_pseudonym: bool
    is_counted: bool
    voided_at: datetime | None
    void_reason: str


class LedgerOut(Schema):
    """A page of one's ledger, newest first."""

    items: list[EntryOut]
    next_cursor: str | None


class TotalsOut(Schema):
    """What was done in a period."""

    minutes: int
    seconds: int
    threads: int
    asked: int
    answers: int
    comments: int
    votes: int
    endorsed: int
    endorsements_given: int
    accepted: int


class PeriodOut(Schema):
    """A period with what was done in it; ``end`` is not part of it."""

    name: str
    start: datetime
    end: datetime
    totals: TotalsOut


class SummaryOut(Schema):
    """Where somebody stands, by the calendar of their own time zone."""

    time_zone: str
    quarter: PeriodOut
    year: PeriodOut


class MemberOut(Schema):
    """What a member did in a room."""

    user_id: int
    display_name: str
    role: str
    is_active: bool
    asked: int
    answers: int
    comments: int
    votes: int
    endorsed: int
    endorsements_given: int
    seconds: int
    minutes: int
    last_at: datetime | None


class UnnamedOut(Schema):
    """What was done in a room under pseudonyms; no member's own numbers contain it."""

    asked: int
    answers: int
    comments: int


class MembersOut(Schema):
    """A page of a room's table."""

    items: list[MemberOut]
    next_cursor: str | None
    under_pseudonym: UnnamedOut
