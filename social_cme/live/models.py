"""Live sessions, their questions, chat and attendance.

Rule: attendance is intervals stamped by this server's clock; nothing that a client says about time is believed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.live.enums import QuestionState, RsvpState, SessionState
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key
from social_cme.rooms.models import Room


class LiveSession(Model, Timestamped, RoomScoped):
    """A scheduled meeting of a room; times are UTC, ``time_zone`` is the host's.

    ``archived_at`` is set once every question has become a thread.
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
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = foreign_key("user_account.id")
    going_count: Mapped[int] = mapped_column(Integer, default=0)
    current_question_id: Mapped[int | None] = mapped_column(Integer)

    room: Mapped[Room] = relationship(lazy="raise")


class SessionMentor(Model):
    """Somebody who leads a session."""

    __tablename__ = "session_mentor"
    __table_args__ = (UniqueConstraint("session_id", "user_id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")

    user: Mapped[User] = relationship(lazy="raise")


class Rsvp(Model, Timestamped):
    """Somebody's intention to come."""

    __tablename__ = "rsvp"
    __table_args__ = (UniqueConstraint("session_id", "user_id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    state: Mapped[str] = mapped_column(String(20), default=RsvpState.GOING)


class LiveQuestion(Model, Timestamped, RoomScoped):
    """A question of the queue; plain text. A merged one points to the question it was merged into."""

    __tablename__ = "live_question"
    __table_args__ = (Index("ix_live_question_queue", "session_id", "state", "score"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id")
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=QuestionState.OPEN)
    state_reason: Mapped[str] = mapped_column(String(300), default="")
    score: Mapped[int] = mapped_column(Integer, default=0)
    merged_into_id: Mapped[int | None] = foreign_key("live_question.id")
    answer_md: Mapped[str] = mapped_column(Text, default="")
    answer_html: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    answering_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    thread_id: Mapped[int | None] = foreign_key("thread.id")

    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="raise")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="raise")


class QuestionVote(Model, Timestamped):
    """One person's support of one question; taking it back keeps the row, so that a first vote is known as such.

    Votes stay on the question they were given to. The score of a question counts the people behind it and behind those
    merged into it, each once, without its own author.
    """

    __tablename__ = "question_vote"
    __table_args__ = (UniqueConstraint("question_id", "user_id"),)

    id: Mapped[PrimaryKey]
    question_id: Mapped[int] = foreign_key("live_question.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ChatMessage(Model, Timestamped, RoomScoped):
    """A line of the session's chat; plain text."""

    __tablename__ = "chat_message"
    __table_args__ = (Index("ix_chat_message_session_id_id", "session_id", "id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id")
    body: Mapped[str] = mapped_column(Text)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_reason: Mapped[str] = mapped_column(String(300), default="")

    author: Mapped[User] = relationship(lazy="raise")


class AttendanceInterval(Model):
    """A stretch of time somebody was in a session: from the first heartbeat to the last; gaps under 90 s are inside it.

    All tabs and devices of a person share one open interval; ``is_open`` ends when the next heartbeat comes too late.
    ``seconds`` is what it added to the person's time when it was closed.
    """

    __tablename__ = "attendance_interval"
    __table_args__ = (
        Index("ix_attendance_interval_session_user", "session_id", "user_id"),
        Index("ix_attendance_interval_is_open_last_at", "is_open", "last_at"),
        Index(
            "uq_attendance_interval_open",
            "session_id",
            "user_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        CheckConstraint("last_at >= first_at", name="times"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_open: Mapped[bool] = mapped_column(Boolean, default=True)
    seconds: Mapped[int] = mapped_column(Integer, default=0)
