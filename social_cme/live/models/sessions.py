"""A scheduled meeting of a room, who leads it and who will come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.live.enums import MentorRole, RsvpState, SessionState
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key
from social_cme.rooms.models import Room


class LiveSession(Model, Timestamped, RoomScoped):
    """A scheduled meeting of a room; times are UTC, ``time_zone`` is the host's.

    ``archived_at`` is set once every question has become a thread. ``sequence`` counts the changes that calendars must hear
    of. Empty lists of professions and stages mean everybody. While ``paused_at`` is set nothing counts; the pause itself
    is a ``SessionPause``. With ``still_here_minutes`` people are asked now and then whether they are still there.
    """

    __tablename__ = "live_session"
    __table_args__ = (
        Index("ix_live_session_state_starts_at", "state", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="times"),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[str] = mapped_column(String(200))
    description_md: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    time_zone: Mapped[str] = mapped_column(String(60))
    capacity: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default=SessionState.SCHEDULED)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    still_here_minutes: Mapped[int | None] = mapped_column(Integer)
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = foreign_key("user_account.id")
    going_count: Mapped[int] = mapped_column(Integer, default=0)
    current_question_id: Mapped[int | None] = mapped_column(Integer)
    waiting_count: Mapped[int] = mapped_column(Integer, default=0)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    series_id: Mapped[int | None] = foreign_key("live_series.id")
    series_place: Mapped[int | None] = mapped_column(Integer)
    series_length: Mapped[int | None] = mapped_column(Integer)
    eligible_professions: Mapped[list[str]] = mapped_column(JSON, default=list)
    eligible_stages: Mapped[list[str]] = mapped_column(JSON, default=list)
    requires_verified: Mapped[bool] = mapped_column(Boolean, default=False)

    room: Mapped[Room] = relationship(lazy="raise")


class SessionMentor(Model):
    """Somebody who leads a session, as its mentor or as a co-mentor."""

    __tablename__ = "session_mentor"
    __table_args__ = (UniqueConstraint("session_id", "user_id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    role: Mapped[str] = mapped_column(String(20), default=MentorRole.LEAD)

    user: Mapped[User] = relationship(lazy="raise")


class Rsvp(Model, Timestamped):
    """Somebody's intention to come; ``ticket`` is the place in line of somebody who waits, given out in order."""

    __tablename__ = "rsvp"
    __table_args__ = (
        UniqueConstraint("session_id", "user_id"),
        Index("ix_rsvp_line", "session_id", "state", "ticket"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    state: Mapped[str] = mapped_column(String(20), default=RsvpState.GOING)
    ticket: Mapped[int | None] = mapped_column(Integer)
