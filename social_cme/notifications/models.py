"""The inbox and the mail outbox.

Rule: a mail is a row before it is sent; the row says whether it went out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint
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
    fact_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    room_id: Mapped[int | None] = foreign_key("room.id", index=False)
    thread_id: Mapped[int | None] = mapped_column(BigId)
    post_id: Mapped[int | None] = mapped_column(BigId)
    session_id: Mapped[int | None] = mapped_column(BigId)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutboxMail(Model, Timestamped):
    """A mail to be sent: an event name and its values, rendered when it goes out."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_due", "sent_at", "due_at"),)

    id: Mapped[PrimaryKey]
    recipient: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[int | None] = foreign_key("user_account.id")
    event: Mapped[str] = mapped_column(String(60))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
