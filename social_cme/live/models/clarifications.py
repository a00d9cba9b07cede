"""Private words between who leads a session and the author of a question who is not named."""

from __future__ import annotations

from sqlalchemy import Boolean, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.live.models.questions import LiveQuestion
from social_cme.persistence.base import Model, PrimaryKey, Timestamped, foreign_key


class LiveClarification(Model, Timestamped):
    """A message between one mentor and the author of a question; the author is not named, only that it is the author's."""

    __tablename__ = "live_clarification"
    __table_args__ = (Index("ix_live_clarification_question_mentor", "question_id", "mentor_id", "id"),)

    id: Mapped[PrimaryKey]
    question_id: Mapped[int] = foreign_key("live_question.id", index=False)
    mentor_id: Mapped[int] = foreign_key("user_account.id")
    is_from_author: Mapped[bool] = mapped_column(Boolean)
    body: Mapped[str] = mapped_column(Text)

    mentor: Mapped[User] = relationship(lazy="raise")
    question: Mapped[LiveQuestion] = relationship(lazy="raise")
