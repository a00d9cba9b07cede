"""What mentors say about answers: that they stand behind one, or that one is disputed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.rules.evidence import usual_review_date
from social_cme.persistence.base import Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key


def _usual_review_date() -> date:
    return usual_review_date(clock.now().date())


class Endorsement(Model, Timestamped):
    """A mentor stands behind an answer until ``review_by``, with how good the evidence is and a note.

    One that has lapsed stays, so that readers see it and its mentor can renew it.
    """

    __tablename__ = "endorsement"
    __table_args__ = (
        UniqueConstraint("post_id", "mentor_id"),
        Index("ix_endorsement_due", "lapsed_at", "review_by"),
    )

    id: Mapped[PrimaryKey]
    post_id: Mapped[int] = foreign_key("post.id", ondelete="CASCADE", index=False)
    mentor_id: Mapped[int] = foreign_key("user_account.id")
    evidence_level: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    review_by: Mapped[date] = mapped_column(Date, default=_usual_review_date)
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lapsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lapse_reason: Mapped[str] = mapped_column(String(20), default="")

    mentor: Mapped[User] = relationship(lazy="raise")


class Dispute(Model, Timestamped):
    """A mentor or moderator says that an answer is wrong, why, and what is right; one at a time is open for an answer."""

    __tablename__ = "dispute"
    __table_args__ = (
        Index(
            "uq_dispute_open",
            "post_id",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("ix_dispute_post_id_id", "post_id", "id"),
    )

    id: Mapped[PrimaryKey]
    post_id: Mapped[int] = foreign_key("post.id", ondelete="CASCADE", index=False)
    opened_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    reason: Mapped[str] = mapped_column(Text)
    correction_md: Mapped[str] = mapped_column(Text)
    correction_html: Mapped[str] = mapped_column(Text)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    outcome: Mapped[str] = mapped_column(Text, default="")

    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id], lazy="raise")
    resolved_by: Mapped[User | None] = relationship(foreign_keys=[resolved_by_id], lazy="raise")
