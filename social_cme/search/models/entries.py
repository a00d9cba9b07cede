"""The words of everything that can be found, and the ranges of threads that still have to be read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import BigId, Model, PrimaryKey, UtcDateTime, foreign_key


class SearchEntry(Model):
    """The plain words of one thread, post, room or person, or of what was said live; ``thread_id`` names the thread of a text."""

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "object_id"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(10))
    object_id: Mapped[int] = mapped_column(BigId)
    thread_id: Mapped[int | None] = foreign_key("thread.id", ondelete="CASCADE")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")


class SearchBacklog(Model):
    """Threads of a bulk import, by the range of their ids, that are read in small steps; the row goes away at the end."""

    __tablename__ = "search_backlog"

    id: Mapped[PrimaryKey]
    fact_id: Mapped[int] = mapped_column(BigId, unique=True)
    room_id: Mapped[int] = mapped_column(Integer)
    next_id: Mapped[int] = mapped_column(BigId)
    last_id: Mapped[int] = mapped_column(BigId)
