"""How the queue and the chat of a session are run. Rule: a session without a row has the defaults."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Integer
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import BigId, Model, PrimaryKey, Timestamped, foreign_key


class SessionOptions(Model, Timestamped):
    """Approval before questions are shown, pseudonyms, the session's labels, slow mode, and the line pinned to the chat."""

    __tablename__ = "live_session_options"

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False, unique=True)
    approve_first: Mapped[bool] = mapped_column(Boolean, default=False)
    allow_pseudonyms: Mapped[bool] = mapped_column(Boolean, default=True)
    slow_seconds: Mapped[int] = mapped_column(Integer, default=0)
    labels: Mapped[list[Any]] = mapped_column(JSON, default=list)
    pinned_message_id: Mapped[int | None] = mapped_column(BigId)
