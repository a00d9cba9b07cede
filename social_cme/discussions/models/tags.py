"""What threads are about: tags from the shipped vocabulary, and the few that mentors added.

Rule: a row names a tag by its key. The words of shipped tags stand in the data files, so a release can improve them without
touching a row.
"""

from __future__ import annotations

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, Timestamped, foreign_key


class ThreadTag(Model):
    """A thread is about something; ``position`` is the order in which its tags were named."""

    __tablename__ = "thread_tag"
    __table_args__ = (UniqueConstraint("thread_id", "key"), Index("ix_thread_tag_key", "key", "thread_id"))

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE", index=False)
    key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(Integer)


class FreeTag(Model, Timestamped):
    """A tag that the shipped vocabulary lacks, added by a mentor; everybody may use it from then on."""

    __tablename__ = "free_tag"

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    created_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
