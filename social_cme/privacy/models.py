"""The log of checks. Rule: it says what kinds of identifiers were found and what was decided, and never what was written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import BigId, Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class IdentifierCheck(Model, Timestamped, RoomScoped):
    """One look at a text before it was published, or was not: classes with their numbers, the decision, who attested when."""

    __tablename__ = "identifier_check"
    __table_args__ = (Index("ix_identifier_check_queue", "room_id", "outcome", "reviewed_at", "id"),)

    id: Mapped[PrimaryKey]
    author_id: Mapped[int] = foreign_key("user_account.id", index=False)
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int | None] = mapped_column(BigId)
    # The live session in which it was said; threads and posts have addresses of their own.
    place_id: Mapped[int | None] = mapped_column(BigId)
    outcome: Mapped[str] = mapped_column(String(20))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    rules_version: Mapped[int] = mapped_column(Integer)
    attested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
