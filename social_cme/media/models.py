"""Pictures: what is kept of each, whom it belongs to, and under which consent it is shown.

Rule: the row comes before the files and goes after them, so no file is ever left that nobody knows of. The name of the uploaded
file is not kept at all.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import BigId, Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class Image(Model, Timestamped, RoomScoped):
    """A picture. ``holder`` and ``holder_id`` name what shows it (``thread`` 9, ``post`` 31); while it is being written, nothing.

    ``files`` lists [size, width, height, bytes] of each stored file. ``stored_at`` is empty until the files are there,
    ``erased_at`` is set when they are to go, ``removed_at`` when they are gone.
    """

    __tablename__ = "image"
    __table_args__ = (
        Index("ix_image_holder", "holder", "holder_id"),
        Index("ix_image_waiting", "attached_at", "created_at"),
        Index("ix_image_leaving", "erased_at", "removed_at"),
    )

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(43), unique=True)
    uploader_id: Mapped[int] = foreign_key("user_account.id")
    holder: Mapped[str] = mapped_column(String(20), default="")
    holder_id: Mapped[int | None] = mapped_column(BigId)
    position: Mapped[int] = mapped_column(Integer, default=0)
    alt: Mapped[str] = mapped_column(Text)
    caption: Mapped[str] = mapped_column(Text, default="")
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    files: Mapped[list[Any]] = mapped_column(JSON)
    byte_size: Mapped[int] = mapped_column(BigId)
    consent: Mapped[str] = mapped_column(String(20))
    consent_on: Mapped[date | None] = mapped_column(Date)
    consent_by: Mapped[str] = mapped_column(String(200), default="")
    attested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    erased_reason: Mapped[str] = mapped_column(Text, default="")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def file_name(self, size: int) -> str:
        """Name a file of this picture in the storage."""
        return f"{self.key[:2]}/{self.key}/{size}.webp"

    @property
    def file_names(self) -> list[str]:
        """The names of all its files in the storage."""
        return [self.file_name(size) for size, *_rest in self.files]

    @property
    def largest(self) -> int:
        """The size of its largest file."""
        return int(self.files[-1][0])

    def nearest(self, size: int) -> int:
        """Return the smallest size that is at least *size*, the largest when none is."""
        return next((int(one[0]) for one in self.files if one[0] >= size), self.largest)
