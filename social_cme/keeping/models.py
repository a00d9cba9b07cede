"""Bookmarks and private notes.

Rule: each row belongs to one person, and no query of this feature takes anybody else's id.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import BigId, Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key


class Bookmark(Model, Timestamped):
    """Somebody wants to find a thread or a post again; ``reminded_at`` says that its reminder was sent."""

    __tablename__ = "bookmark"
    __table_args__ = (
        UniqueConstraint("user_id", "target", "target_id"),
        Index(
            "ix_bookmark_waiting",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL AND reminded_at IS NULL"),
            postgresql_where=text("remind_at IS NOT NULL AND reminded_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE", index=False)
    target: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int] = mapped_column(BigId)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ThreadNote(Model, Timestamped):
    """One person's private note on a thread; ``revision`` counts up, and a save must name the one it read."""

    __tablename__ = "thread_note"
    __table_args__ = (UniqueConstraint("user_id", "thread_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE", index=False)
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE")
    body_md: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
