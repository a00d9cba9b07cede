"""Secret addresses under which calendar programs read somebody's sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key


class CalendarFeed(Model, Timestamped):
    """One person's feed; the address holds a secret that is kept as its hash alone."""

    __tablename__ = "calendar_feed"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE", index=False, unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    all_sessions: Mapped[bool] = mapped_column(Boolean, default=False)
    last_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
