"""The inbox, and what each person wants by e-mail.

Rule: a notification keeps ids alone; its words are made from the rows at the moment of reading.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import BigId, Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key


class Notification(Model, Timestamped):
    """Something a person should hear of; text is built from the ids when it is shown."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("user_id", "fact_id", "kind"),
        Index("ix_notification_inbox", "user_id", "id"),
        Index("ix_notification_unread", "user_id", "read_at"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    fact_id: Mapped[int] = mapped_column(BigId, index=True)
    kind: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    room_id: Mapped[int | None] = foreign_key("room.id", index=False)
    thread_id: Mapped[int | None] = mapped_column(BigId)
    post_id: Mapped[int | None] = mapped_column(BigId)
    session_id: Mapped[int | None] = mapped_column(BigId)
    unit_id: Mapped[int | None] = mapped_column(BigId)
    challenge_id: Mapped[int | None] = mapped_column(BigId)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NotificationPreference(Model):
    """Whether somebody wants one kind of notice by e-mail too; no row means what holds for everybody."""

    __tablename__ = "notification_preference"
    __table_args__ = (UniqueConstraint("user_id", "kind"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE", index=False)
    kind: Mapped[str] = mapped_column(String(40))
    by_email: Mapped[bool] = mapped_column(Boolean)
