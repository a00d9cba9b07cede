"""Sessions that were planned together."""

from __future__ import annotations

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, foreign_key


class LiveSeries(Model, Timestamped, RoomScoped):
    """The rule by which sessions repeat, as it was when they were planned; each of them is a session of its own.

    ``rule`` is an RRULE of iCalendar over wall-clock times of ``time_zone``.
    """

    __tablename__ = "live_series"

    id: Mapped[PrimaryKey]
    rule: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(60))
    length: Mapped[int] = mapped_column(Integer)
    created_by_id: Mapped[int] = foreign_key("user_account.id")
