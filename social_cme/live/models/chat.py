"""The chat of a session: its lines, who is named in them, and what people felt about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class ChatMessage(Model, Timestamped, RoomScoped):
    """A line of the session's chat; plain text. ``reply_to_id`` is the line it answers."""

    __tablename__ = "chat_message"
    __table_args__ = (
        Index("ix_chat_message_session_id_id", "session_id", "id"),
        Index("ix_chat_message_pace", "session_id", "author_id", "id"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id")
    body: Mapped[str] = mapped_column(Text)
    reply_to_id: Mapped[int | None] = foreign_key("chat_message.id", index=False)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_reason: Mapped[str] = mapped_column(String(300), default="")

    author: Mapped[User] = relationship(lazy="raise")
    reply_to: Mapped[ChatMessage | None] = relationship(remote_side="ChatMessage.id", lazy="raise")
    tallies: Mapped[list[ReactionTally]] = relationship(lazy="raise", order_by="ReactionTally.kind", viewonly=True)
    mentions: Mapped[list[ChatMention]] = relationship(lazy="raise", order_by="ChatMention.id", viewonly=True)


class ChatMention(Model, Timestamped):
    """Somebody is named in a line; the row is why they are told of it once and not again."""

    __tablename__ = "chat_mention"
    __table_args__ = (UniqueConstraint("message_id", "user_id"),)

    id: Mapped[PrimaryKey]
    message_id: Mapped[int] = foreign_key("chat_message.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")


class ChatReaction(Model, Timestamped):
    """One person's reaction of one kind to a line; taken back, it is gone."""

    __tablename__ = "chat_reaction"
    __table_args__ = (UniqueConstraint("message_id", "user_id", "kind"),)

    id: Mapped[PrimaryKey]
    message_id: Mapped[int] = foreign_key("chat_message.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    kind: Mapped[str] = mapped_column(String(20))


class ReactionTally(Model):
    """How many people reacted to a line in one way; counted in the same transaction as their reactions."""

    __tablename__ = "chat_reaction_tally"
    __table_args__ = (UniqueConstraint("message_id", "kind"), CheckConstraint("people >= 0", name="people"))

    id: Mapped[PrimaryKey]
    message_id: Mapped[int] = foreign_key("chat_message.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    people: Mapped[int] = mapped_column(Integer, default=0)
