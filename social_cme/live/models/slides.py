"""Slides: a file that was uploaded, and the pictures that were made of its pages.

Rule: the row comes before the files and goes after them. The name of the uploaded file is not kept, the file only until its pages
are pictures.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.live.enums import DeckState
from social_cme.persistence.base import BigId, Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class SlideDeck(Model, Timestamped, RoomScoped):
    """An uploaded PDF. ``taken_at`` is when its rendering was last seen at work; ``source_gone_at`` when the file was discarded.

    ``revision`` counts the changes of what is said about its pages. ``problem`` is shown to people.
    """

    __tablename__ = "slide_deck"
    __table_args__ = (Index("ix_slide_deck_state", "state", "taken_at"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id")
    key: Mapped[str] = mapped_column(String(43), unique=True)
    uploaded_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    state: Mapped[str] = mapped_column(String(20), default=DeckState.WAITING)
    pages_total: Mapped[int] = mapped_column(Integer)
    pages_done: Mapped[int] = mapped_column(Integer, default=0)
    byte_size: Mapped[int] = mapped_column(BigId, default=0)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    problem: Mapped[str] = mapped_column(String(300), default="")
    attested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source_gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    files_gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def source_name(self) -> str:
        """The name of the uploaded file in the storage."""
        return f"{self.key[:2]}/{self.key}/0.pdf"

    def file_name(self, number: int, size: int) -> str:
        """Name a picture of a page in the storage."""
        return f"{self.key[:2]}/{self.key}/{number}-{size}.webp"


class SlidePage(Model):
    """One page; ``files`` lists [size, width, height, bytes] of each stored picture, ``alt`` says what stands on it."""

    __tablename__ = "slide_page"
    __table_args__ = (UniqueConstraint("deck_id", "number"),)

    id: Mapped[PrimaryKey]
    deck_id: Mapped[int] = foreign_key("slide_deck.id", index=False)
    number: Mapped[int] = mapped_column(Integer)
    alt: Mapped[str] = mapped_column(Text, default="")
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    files: Mapped[list[Any]] = mapped_column(JSON)
