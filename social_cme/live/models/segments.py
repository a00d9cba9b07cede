"""The agenda of a session, and when each segment really ran. Rule: the server's clock stamps every beginning and end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, UtcDateTime, foreign_key


class Segment(Model):
    """A line of the agenda; ``position`` runs from 0."""

    __tablename__ = "segment"
    __table_args__ = (
        Index("ix_segment_session_id_position", "session_id", "position"),
        CheckConstraint("minutes > 0", name="minutes"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int] = mapped_column(Integer)
    countable: Mapped[bool] = mapped_column(Boolean, default=True)
    interactive: Mapped[bool] = mapped_column(Boolean, default=False)


class SegmentRun(Model):
    """A stretch of time in which a segment was the current one; a segment that is taken up again has several."""

    __tablename__ = "segment_run"
    __table_args__ = (
        Index("ix_segment_run_session_id_started_at", "session_id", "started_at"),
        Index(
            "uq_segment_run_open",
            "session_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="times"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    segment_id: Mapped[int] = foreign_key("segment.id")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionPause(Model):
    """A stretch of time in which a session was paused."""

    __tablename__ = "session_pause"
    __table_args__ = (
        Index("ix_session_pause_session_id_started_at", "session_id", "started_at"),
        Index(
            "uq_session_pause_open",
            "session_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="times"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
