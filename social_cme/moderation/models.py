"""Flags and the log of measures; log rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import BigId, Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class Flag(Model, Timestamped, RoomScoped):
    """A member asks the moderators to look at something (``target``: thread, post or chat)."""

    __tablename__ = "flag"
    __table_args__ = (
        UniqueConstraint("reporter_id", "target", "target_id"),
        Index("ix_flag_queue", "room_id", "resolved_at", "created_at"),
    )

    id: Mapped[PrimaryKey]
    reporter_id: Mapped[int] = foreign_key("user_account.id", index=False)
    target: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int] = mapped_column(Integer)
    thread_id: Mapped[int | None] = foreign_key("thread.id")
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    resolution: Mapped[str] = mapped_column(String(20), default="")
    resolution_note: Mapped[str] = mapped_column(Text, default="")

    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id], lazy="raise")


class LogEntry(Model, Timestamped, RoomScoped):
    """Who did what to what, and why."""

    __tablename__ = "moderation_log"
    __table_args__ = (Index("ix_moderation_log_room_id_id", "room_id", "id"),)

    id: Mapped[PrimaryKey]
    actor_id: Mapped[int] = foreign_key("user_account.id")
    action: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int] = mapped_column(Integer)
    thread_id: Mapped[int | None] = foreign_key("thread.id", index=False)
    subject_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    # The fact that the entry tells of, for what moderators do outside this feature; heard twice, it is entered once.
    fact_id: Mapped[int | None] = mapped_column(BigId, unique=True)

    actor: Mapped[User] = relationship(foreign_keys=[actor_id], lazy="raise")
    subject: Mapped[User | None] = relationship(foreign_keys=[subject_id], lazy="raise")


class UnmaskRequest(Model, Timestamped, RoomScoped):
    """One moderator asks to lift the pseudonym of a thread, another confirms; at most one request of a thread is open.

    It is open while it is neither confirmed nor ended. Who stands behind the pseudonym is not written here.
    """

    __tablename__ = "unmask_request"
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> requested_by_id", name="two_people"),
        CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_somebody"),
        Index("ix_unmask_request_thread_id_id", "thread_id", "id"),
        Index(
            "uq_unmask_request_open",
            "thread_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL AND ended_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", index=False)
    requested_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    reason: Mapped[str] = mapped_column(String(500))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id], lazy="raise")


@event.listens_for(LogEntry, "before_update")
@event.listens_for(LogEntry, "before_delete")
def _refuse_change(_mapper: object, _connection: object, _entry: LogEntry) -> NoReturn:
    raise RuntimeError("the moderation log is only ever added to")
