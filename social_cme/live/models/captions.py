"""Captions that a person types while others speak."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class CaptionLine(Model, Timestamped, RoomScoped):
    """A line of captions; plain text. One that was taken back keeps its place and loses its words."""

    __tablename__ = "caption_line"
    __table_args__ = (Index("ix_caption_line_session_id_id", "session_id", "id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id", index=False)
    body: Mapped[str] = mapped_column(String(500))
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
