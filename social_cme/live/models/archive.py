"""What is kept of a session.

Rule: the archive is an activity of its own (ACCME: a recorded live activity that is offered later is a separate, enduring
activity). Participation in the live session never refers to it, and reading it adds nothing to the live session's record.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, UtcDateTime, foreign_key


class SessionArchive(Model, RoomScoped):
    """The record of an ended session with the mentor's summary; ``summary_revision`` counts its versions."""

    __tablename__ = "session_archive"
    __table_args__ = (UniqueConstraint("session_id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    summary_md: Mapped[str] = mapped_column(Text, default="")
    summary_html: Mapped[str] = mapped_column(Text, default="")
    summary_revision: Mapped[int] = mapped_column(Integer, default=0)
    summarized_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    summarized_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    summarized_by: Mapped[User | None] = relationship(lazy="raise")

    @property
    def reference(self) -> str:
        """What the archive is called as an activity, beside ``live-12`` for the session itself."""
        return f"archive-{self.session_id}"
