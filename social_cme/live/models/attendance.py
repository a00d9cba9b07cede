"""Who was in a session and when. Rule: stamped by this server's clock; nothing that a client says about time is believed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Boolean, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, UtcDateTime, foreign_key


class AttendanceInterval(Model):
    """A stretch of time somebody was in a session: from the first heartbeat to the last; gaps under 90 s are inside it.

    All tabs and devices of a person share one open interval; ``is_open`` ends when the next heartbeat comes too late. What
    of it counts stands in ``CountedStretch``.
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


class CountedStretch(Model):
    """A stretch of somebody's attendance that counts, as ``rules.counting`` found it when it was last reckoned.

    A row is never changed: what no longer counts, as after a segment was corrected, gets ``voided_at``.
    """

    __tablename__ = "counted_stretch"
    __table_args__ = (
        Index("ix_counted_stretch_session_user", "session_id", "user_id"),
        CheckConstraint("ended_at > started_at", name="times"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def seconds(self) -> int:
        """Its length."""
        return (self.ended_at - self.started_at) // timedelta(seconds=1)


class StillHere(Model):
    """A sign of life that left no other trace: the button was pressed."""

    __tablename__ = "still_here"
    __table_args__ = (Index("ix_still_here_session_user", "session_id", "user_id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
