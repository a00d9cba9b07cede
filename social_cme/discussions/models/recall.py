"""Cards that bring a solved case back to somebody who read it.

Rule: a card keeps its place in the schedule and no text; what it shows is read from the thread as it is then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key


class RecallCard(Model, Timestamped):
    """A solved case that comes back; ``stage`` counts the intervals passed, and ``due_at`` is empty once all are."""

    __tablename__ = "recall_card"
    __table_args__ = (UniqueConstraint("user_id", "thread_id"), Index("ix_recall_card_due", "user_id", "due_at"))

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE", index=False)
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE")
    stage: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_result: Mapped[str | None] = mapped_column(String(10))
    repetitions: Mapped[int] = mapped_column(Integer, default=0)


class RecallPreference(Model):
    """Whether somebody wants cards at all; no row means yes."""

    __tablename__ = "recall_preference"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE", unique=True, index=False)
    is_off: Mapped[bool] = mapped_column(Boolean, default=False)
