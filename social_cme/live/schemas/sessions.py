"""Shapes of a session as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field, NaiveDatetime

from social_cme.live import rules
from social_cme.live.enums import SessionState
from social_cme.live.schemas.agenda import SegmentBody
from social_cme.live.schemas.base import Id, PersonOut, SessionCommand, Shown
from social_cme.web.api import ClientBody, PageQuery, Schema


class SessionOut(Shown):
    """A session."""

    id: int
    room_id: int
    title: str
    description_html: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    capacity: int | None
    going_count: int
    state: SessionState
    started_at: datetime | None
    ended_at: datetime | None
    paused_at: datetime | None
    still_here_minutes: int | None
    cancel_reason: str
    is_archived: bool
    current_question_id: int | None
    mentors: list[PersonOut]

    @classmethod
    def of(cls, session: Any, mentors: Any) -> Self:
        """Show a session with the people who lead it."""
        own = {name: getattr(session, name) for name in cls.model_fields if name not in {"mentors", "is_archived"}}
        return cls(
            **own, is_archived=session.archived_at is not None, mentors=[PersonOut.of(mentor) for mentor in mentors]
        )


class SessionPage(Shown):
    """A page of sessions."""

    items: list[SessionOut]
    next_cursor: str | None


class SessionsQuery(PageQuery):
    """How to page through sessions."""


class PlanBody(ClientBody):
    """A session to be planned; the times are wall-clock times of ``time_zone``, without an offset."""

    title: str = Field(min_length=1, max_length=rules.MAX_TITLE)
    description: str = Field("", max_length=rules.MAX_DESCRIPTION)
    starts: NaiveDatetime
    ends: NaiveDatetime
    time_zone: str = Field(max_length=60)
    mentor_ids: list[Id] = Field(min_length=1, max_length=rules.MAX_MENTORS)
    capacity: int | None = Field(None, ge=1, le=rules.MAX_CAPACITY)
    still_here_minutes: int | None = Field(None, ge=rules.STILL_HERE_LEAST, le=rules.STILL_HERE_MOST)
    segments: list[SegmentBody] = Field([], max_length=rules.MAX_SEGMENTS)


class PlanPatch(Schema):
    """Changes of a planned session; what is left out stays as it is."""

    title: str | None = Field(None, min_length=1, max_length=rules.MAX_TITLE)
    description: str | None = Field(None, max_length=rules.MAX_DESCRIPTION)
    starts: NaiveDatetime | None = None
    ends: NaiveDatetime | None = None
    time_zone: str | None = Field(None, max_length=60)
    mentor_ids: list[Id] | None = Field(None, min_length=1, max_length=rules.MAX_MENTORS)
    capacity: int | None = Field(None, ge=1, le=rules.MAX_CAPACITY)
    still_here_minutes: int | None = Field(None, ge=rules.STILL_HERE_LEAST, le=rules.STILL_HERE_MOST)
    segments: list[SegmentBody] | None = Field(None, max_length=rules.MAX_SEGMENTS)


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
