"""Shapes of a session as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field, NaiveDatetime

from social_cme.accounts.enums import CareerStage, Profession
from social_cme.live import rules
from social_cme.live.enums import ChangeScope, MentorRole, SessionState
from social_cme.live.schemas.agenda import SegmentBody
from social_cme.live.schemas.base import Id, PersonOut, ReasonBody, SessionCommand, Shown
from social_cme.web.api import ClientBody, PageQuery, Schema


class MentorOut(PersonOut):
    """Somebody who leads a session."""

    role: MentorRole = MentorRole.LEAD


class SessionOut(Shown):
    """A session; ``series_place`` counts from 1. Empty lists of professions and stages mean everybody.

    ``sequence`` counts the changes that calendars take over.
    """

    id: int
    room_id: int
    title: str
    description_html: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    capacity: int | None
    going_count: int
    waiting_count: int
    series_id: int | None
    series_place: int | None
    series_length: int | None
    sequence: int
    eligible_professions: list[str]
    eligible_stages: list[str]
    requires_verified: bool
    state: SessionState
    started_at: datetime | None
    ended_at: datetime | None
    paused_at: datetime | None
    still_here_minutes: int | None
    cancel_reason: str
    is_archived: bool
    current_question_id: int | None
    mentors: list[MentorOut]

    @classmethod
    def of(cls, session: Any, mentors: Any) -> Self:
        """Show a session with the people who lead it, as ``queries.sessions.list_mentors`` returns them."""
        own = {name: getattr(session, name) for name in cls.model_fields if name not in {"mentors", "is_archived"}}
        shown = []
        for mentor in mentors:
            role = MentorRole.CO_MENTOR if mentor.id in mentors.co_mentor_ids else MentorRole.LEAD
            shown.append(MentorOut(**PersonOut.of(mentor).model_dump(), role=role))
        return cls(**own, is_archived=session.archived_at is not None, mentors=shown)


class SessionPage(Shown):
    """A page of sessions."""

    items: list[SessionOut]
    next_cursor: str | None


class SessionsQuery(PageQuery):
    """How to page through sessions."""


class PlanBody(ClientBody):
    """A session to be planned; the times are wall-clock times of ``time_zone``, without an offset.

    With ``recurrence``, an RRULE such as ``FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=8``, it is the first of a series: weekly or
    monthly by weekday, with COUNT or UNTIL, at most 104 sessions within two years.
    """

    title: str = Field(min_length=1, max_length=rules.MAX_TITLE)
    description: str = Field("", max_length=rules.MAX_DESCRIPTION)
    starts: NaiveDatetime
    ends: NaiveDatetime
    time_zone: str = Field(max_length=60)
    mentor_ids: list[Id] = Field(min_length=1, max_length=rules.MAX_MENTORS)
    co_mentor_ids: list[Id] = Field([], max_length=rules.MAX_MENTORS)
    capacity: int | None = Field(None, ge=1, le=rules.MAX_CAPACITY)
    eligible_professions: list[Profession] = Field([], max_length=len(Profession))
    eligible_stages: list[CareerStage] = Field([], max_length=len(CareerStage))
    requires_verified: bool = False
    recurrence: str | None = Field(None, min_length=1, max_length=rules.MAX_RULE)
    still_here_minutes: int | None = Field(None, ge=rules.STILL_HERE_LEAST, le=rules.STILL_HERE_MOST)
    segments: list[SegmentBody] = Field([], max_length=rules.MAX_SEGMENTS)


class PlanPatch(Schema):
    """Changes of a planned session; what is left out stays as it is.

    ``scope`` tells whether those that follow it in its series change as well.
    """

    title: str | None = Field(None, min_length=1, max_length=rules.MAX_TITLE)
    description: str | None = Field(None, max_length=rules.MAX_DESCRIPTION)
    starts: NaiveDatetime | None = None
    ends: NaiveDatetime | None = None
    time_zone: str | None = Field(None, max_length=60)
    mentor_ids: list[Id] | None = Field(None, min_length=1, max_length=rules.MAX_MENTORS)
    co_mentor_ids: list[Id] | None = Field(None, max_length=rules.MAX_MENTORS)
    capacity: int | None = Field(None, ge=1, le=rules.MAX_CAPACITY)
    eligible_professions: list[Profession] | None = Field(None, max_length=len(Profession))
    eligible_stages: list[CareerStage] | None = Field(None, max_length=len(CareerStage))
    requires_verified: bool | None = None
    still_here_minutes: int | None = Field(None, ge=rules.STILL_HERE_LEAST, le=rules.STILL_HERE_MOST)
    segments: list[SegmentBody] | None = Field(None, max_length=rules.MAX_SEGMENTS)
    scope: ChangeScope = ChangeScope.ONE


class CancelBody(ReasonBody):
    """Why a session will not take place; ``scope`` tells whether those that follow it in its series are called off too."""

    scope: ChangeScope = ChangeScope.ONE


class ExtendBody(ClientBody):
    """Minutes to add to a running session."""

    minutes: int = Field(5, ge=1, le=60)


class StartSession(SessionCommand):
    """Open the session; attendance counts from here. Only for who leads it, like everything that steers it."""


class EndSession(SessionCommand):
    """Close the session; its questions become threads of the room."""


class ExtendSession(SessionCommand):
    """Minutes to add to a running session."""

    minutes: int = Field(5, ge=1, le=60)
