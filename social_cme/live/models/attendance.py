"""Who was in a session and when. Rule: stamped by this server's clock; nothing that a client says about time is believed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, UtcDateTime, foreign_key


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
