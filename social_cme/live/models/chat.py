"""The chat of a session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


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
