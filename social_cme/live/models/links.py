"""Addresses that people share in a session. Rule: no address is ever fetched by this server."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class SharedLink(Model, Timestamped, RoomScoped):
    """A title and an http(s) address; ``host`` is what readers see of where it leads, in ASCII."""

    __tablename__ = "shared_link"
    __table_args__ = (Index("ix_shared_link_session_id_id", "session_id", "id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id", index=False)
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(1000))
    host: Mapped[str] = mapped_column(String(255))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[User] = relationship(lazy="raise")
