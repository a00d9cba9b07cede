"""The questions of a session and who supports them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.discussions.models.threads import Masked
from social_cme.discussions.rules.authorship import Author
from social_cme.live.enums import QuestionState
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class LiveQuestion(Model, Timestamped, RoomScoped, Masked):
    """A question of the queue; plain text. A merged one points to the question it was merged into.

    ``rank`` is the place that who leads gave it; it wins over the score. ``answer_kind`` says how it was answered, and with
    ``later`` ``due_at`` by when it will be. A question that waits for approval or was declined is shown to its author and to
    who leads alone.
    """

    __tablename__ = "live_question"
    __table_args__ = (Index("ix_live_question_queue", "session_id", "state", "score"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id")
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=QuestionState.OPEN)
    state_reason: Mapped[str] = mapped_column(String(300), default="")
    score: Mapped[int] = mapped_column(Integer, default=0)
    rank: Mapped[int | None] = mapped_column(Integer)
    labels: Mapped[list[Any]] = mapped_column(JSON, default=list)
    merged_into_id: Mapped[int | None] = foreign_key("live_question.id")
    answer_md: Mapped[str] = mapped_column(Text, default="")
    answer_html: Mapped[str] = mapped_column(Text, default="")
    answer_kind: Mapped[str] = mapped_column(String(20), default="")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    answering_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    thread_id: Mapped[int | None] = foreign_key("thread.id")

    # Never shown: what readers see of it is ``author``.
    account_behind: Mapped[User] = relationship(foreign_keys=[author_id], lazy="raise")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="raise")

    @property
    def author(self) -> Author:
        """Who is shown as having asked; needs ``account_behind`` loaded."""
        return self.mask(self.account_behind)


class QuestionVote(Model, Timestamped):
    """One person's support of one question; taking it back keeps the row, so that a first vote is known as such.

    Votes stay on the question they were given to. The score of a question counts the people behind it and behind those
    merged into it, each once, without its own author.
    """

    __tablename__ = "question_vote"
    __table_args__ = (UniqueConstraint("question_id", "user_id"),)

    id: Mapped[PrimaryKey]
    question_id: Mapped[int] = foreign_key("live_question.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
