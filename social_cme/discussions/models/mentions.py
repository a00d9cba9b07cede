"""Who is named in a text."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import BigId, Model, PrimaryKey, Timestamped, foreign_key


class Mention(Model, Timestamped):
    """Somebody is named in a thread's opening or in a post; the row is why they are told of it once and not again."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("target", "target_id", "user_id"),)

    id: Mapped[PrimaryKey]
    target: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int] = mapped_column(BigId)
    user_id: Mapped[int] = foreign_key("user_account.id")
