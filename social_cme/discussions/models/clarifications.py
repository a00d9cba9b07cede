"""Private words between a mentor and the author of a thread who writes under a pseudonym."""

from __future__ import annotations

from sqlalchemy import Boolean, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, foreign_key


class Clarification(Model, Timestamped, RoomScoped):
    """A message between one mentor and the author of a thread; the author is not named, only that it is the author's."""

    __tablename__ = "clarification"
    __table_args__ = (Index("ix_clarification_thread_mentor", "thread_id", "mentor_id", "id"),)

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", index=False)
    mentor_id: Mapped[int] = foreign_key("user_account.id")
    is_from_author: Mapped[bool] = mapped_column(Boolean)
    body_md: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)

    mentor: Mapped[User] = relationship(lazy="raise")
