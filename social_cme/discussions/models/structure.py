"""How threads came apart and together, and whom their waiting was told to.

Rule: a row is written once and remembers what happened; where a text stands now is said by the thread and the post themselves.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class ThreadSplit(Model, Timestamped, RoomScoped):
    """Answers of ``from_id`` became the thread ``thread_id``."""

    __tablename__ = "thread_split"

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE", index=False, unique=True)
    from_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE")
    by_id: Mapped[int] = foreign_key("user_account.id", index=False)


class ThreadMerge(Model, Timestamped, RoomScoped):
    """Everything of ``thread_id`` went into ``into_id``; its opening became the comment ``post_id`` there."""

    __tablename__ = "thread_merge"

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE", index=False, unique=True)
    into_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE")
    post_id: Mapped[int] = foreign_key("post.id", ondelete="CASCADE", index=False)
    by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    note: Mapped[str] = mapped_column(Text, default="")


class Escalation(Model):
    """A thread waited too long: when the room's mentors were told, and later its coordinators."""

    __tablename__ = "escalation"

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE", index=False, unique=True)
    mentors_told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    coordinators_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
