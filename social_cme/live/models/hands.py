"""Raised hands and who has the floor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.live.enums import HandState
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key

_OPEN = text("state IN ('raised', 'speaking')")


class RaisedHand(Model, Timestamped, RoomScoped):
    """A hand from its raising to its end; one open hand per person and session, one speaker per session.

    All times are this server's. ``minutes`` is how long the person was given, 0 for no limit.
    """

    __tablename__ = "raised_hand"
    __table_args__ = (
        Index("ix_raised_hand_session_state", "session_id", "state"),
        Index("uq_raised_hand_open", "session_id", "user_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    state: Mapped[str] = mapped_column(String(20), default=HandState.RAISED)
    minutes: Mapped[int] = mapped_column(Integer, default=0)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[User] = relationship(lazy="raise")
