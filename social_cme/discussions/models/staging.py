"""The steps of a case, how readers got past them, and what happened in the end.

Rule: the text of a step stands here and nowhere else, so what only reads threads and posts cannot give it away.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.discussions.models.threads import LAST, Hideable
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class CaseStep(Model, Timestamped):
    """A step of a case: a text, and what a reader is asked before the next step opens.

    ``answer_from`` is the step with which the right option of a poll is told; empty while only the outcome tells it.
    """

    __tablename__ = "case_step"
    __table_args__ = (UniqueConstraint("thread_id", "position"),)

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE", index=False)
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(150), default="")
    ask: Mapped[str] = mapped_column(String(10))
    question: Mapped[str] = mapped_column(String(500), default="")
    may_skip: Mapped[bool] = mapped_column(Boolean, default=True)
    answer_from: Mapped[int | None] = mapped_column(Integer)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    body_md: Mapped[str] = mapped_column(Text, default="", sort_order=LAST)
    body_html: Mapped[str] = mapped_column(Text, default="", sort_order=LAST)


class StepOption(Model):
    """A diagnosis that a poll offers; the one that proved right is marked when it is known."""

    __tablename__ = "step_option"
    __table_args__ = (UniqueConstraint("step_id", "position"),)

    id: Mapped[PrimaryKey]
    step_id: Mapped[int] = foreign_key("case_step.id", ondelete="CASCADE", index=False)
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(200))
    is_right: Mapped[bool] = mapped_column(Boolean, default=False)


class StepResponse(Model, Timestamped):
    """How one reader got past one step; for a poll this is the ballot, and there is one for each person."""

    __tablename__ = "step_response"
    __table_args__ = (
        UniqueConstraint("step_id", "user_id"),
        Index("ix_step_response_user_id_thread_id", "user_id", "thread_id"),
    )

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE")
    step_id: Mapped[int] = foreign_key("case_step.id", ondelete="CASCADE", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    how: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BallotShare(Model):
    """How likely a ballot says that an option is, in whole percent; those of a ballot add up to 100, noughts are left out."""

    __tablename__ = "ballot_share"
    __table_args__ = (
        UniqueConstraint("response_id", "option_id"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
    )

    id: Mapped[PrimaryKey]
    response_id: Mapped[int] = foreign_key("step_response.id", ondelete="CASCADE", index=False)
    option_id: Mapped[int] = foreign_key("step_option.id", ondelete="CASCADE")
    percent: Mapped[int] = mapped_column(Integer)


class StepRevision(Model, Timestamped):
    """What a step said before its case's author edited it; shown only to those to whom the step is open."""

    __tablename__ = "step_revision"

    id: Mapped[PrimaryKey]
    step_id: Mapped[int] = foreign_key("case_step.id", ondelete="CASCADE")
    editor_id: Mapped[int] = foreign_key("user_account.id", index=False)
    title: Mapped[str] = mapped_column(String(150), default="")
    question: Mapped[str] = mapped_column(String(500), default="")
    body_md: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(200), default="")


class CaseOutcome(Model, Timestamped, RoomScoped, Hideable):
    """What the author tells of how a case went on; a final one ends the asking."""

    __tablename__ = "case_outcome"
    __table_args__ = (Index("ix_case_outcome_thread_id_id", "thread_id", "id"),)

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id", index=False)
    diagnosis: Mapped[str] = mapped_column(String(200), default="")
    is_final: Mapped[bool] = mapped_column(Boolean, default=False)
    body_md: Mapped[str] = mapped_column(Text, sort_order=LAST)
    body_html: Mapped[str] = mapped_column(Text, sort_order=LAST)


class OutcomeRequest(Model, Timestamped):
    """The author was asked, so many weeks after posting, what happened; each time is asked once."""

    __tablename__ = "outcome_request"
    __table_args__ = (UniqueConstraint("thread_id", "weeks"),)

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE", index=False)
    weeks: Mapped[int] = mapped_column(Integer)
