"""The texts on top of a thread, and every version that each has had."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.discussions.models.threads import Masked
from social_cme.discussions.rules.authorship import Author
from social_cme.persistence.base import Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key


class ThreadSummary(Model, Timestamped, Masked):
    """A text on top of a thread as it is now; ``revision`` counts its versions, the latest of which it shows."""

    __tablename__ = "thread_summary"
    __table_args__ = (UniqueConstraint("thread_id", "kind"),)

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    body_md: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    editor_id: Mapped[int] = foreign_key("user_account.id", index=False)

    # Never shown: what readers see is ``editor``.
    account_behind: Mapped[User] = relationship(lazy="raise")

    @property
    def editor(self) -> Author:
        """Who is shown as having written it; needs ``account_behind`` loaded."""
        return self.mask(self.account_behind)


class SummaryVersion(Model, Timestamped, Masked):
    """One version of a text on top of a thread; a sealed one can be read by moderators alone."""

    __tablename__ = "thread_summary_version"
    __table_args__ = (UniqueConstraint("summary_id", "revision"),)

    id: Mapped[PrimaryKey]
    summary_id: Mapped[int] = foreign_key("thread_summary.id", index=False)
    revision: Mapped[int] = mapped_column(Integer)
    editor_id: Mapped[int] = foreign_key("user_account.id", index=False)
    body_md: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(200), default="")
    is_sealed: Mapped[bool] = mapped_column(Boolean, default=False)

    # Never shown: what readers see is ``editor``.
    account_behind: Mapped[User] = relationship(lazy="raise")

    @property
    def editor(self) -> Author:
        """Who is shown as having written it; needs ``account_behind`` loaded."""
        return self.mask(self.account_behind)
