"""Links by which auditors read a session without an account. Rule: the secret is shown once and kept as a hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class ObserverLink(Model, Timestamped, RoomScoped):
    """A link to one session; ``label`` says for whom it was made."""

    __tablename__ = "observer_link"

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id")
    created_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    label: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    created_by: Mapped[User] = relationship(lazy="raise")


class ObserverOpening(Model):
    """A stretch of time in which a link was open at one place; ``place`` is the network, never the whole address."""

    __tablename__ = "observer_opening"
    __table_args__ = (Index("ix_observer_opening_link_last", "link_id", "last_at"),)

    id: Mapped[PrimaryKey]
    link_id: Mapped[int] = foreign_key("observer_link.id", index=False)
    place: Mapped[str] = mapped_column(String(60))
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    times: Mapped[int] = mapped_column(Integer, default=1)
