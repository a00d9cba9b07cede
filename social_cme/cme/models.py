"""The participation ledger.

Rule: an entry is written once for a fact and never changed; what is no longer counted gets ``voided_at`` and a reason, once.
What counts again afterwards gets a new entry for the same fact with the next ``revision``: the ledger tells its whole history.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.core import clock
from social_cme.persistence.base import BigId, Model, PrimaryKey, RoomScoped, UtcDateTime, foreign_key


class ParticipationEntry(Model, RoomScoped):
    """One thing one person did: an act (``seconds`` 0) or an attended stretch of time.

    ``occurred_at`` is when it was done, ``recorded_at`` when the ledger learned of it. At most one revision is not voided.
    ``counterpart_id`` is the other person of an endorsement or of an accepted answer. What was done ``under_pseudonym`` counts
    for the person; a room's table shows it without.
    """

    __tablename__ = "participation_entry"
    __table_args__ = (
        UniqueConstraint("fact_id", "user_id", "activity", "revision"),
        Index("ix_participation_entry_user_time", "user_id", "occurred_at", "id"),
        Index("ix_participation_entry_room_time", "room_id", "occurred_at", "id"),
        Index("ix_participation_entry_room_user", "room_id", "user_id", "activity"),
        Index("ix_participation_entry_thread_post", "thread_id", "post_id"),
        Index("ix_participation_entry_session", "session_id", "user_id"),
        Index("ix_participation_entry_question", "question_id"),
        Index("ix_participation_entry_item", "item_id", "user_id"),
        Index("ix_participation_entry_stretch", "stretch_id"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    fact_id: Mapped[int] = mapped_column(BigId)
    activity: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(Integer, default=0)
    counterpart_id: Mapped[int | None] = mapped_column(BigId)
    thread_id: Mapped[int | None] = mapped_column(BigId)
    post_id: Mapped[int | None] = mapped_column(BigId)
    session_id: Mapped[int | None] = mapped_column(BigId)
    question_id: Mapped[int | None] = mapped_column(BigId)
    under_pseudonym: Mapped[bool] = mapped_column(Boolean, default=False)
    item_id: Mapped[int | None] = mapped_column(BigId)
    stretch_id: Mapped[int | None] = mapped_column(BigId)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seconds: Mapped[int] = mapped_column(Integer, default=0)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_reason: Mapped[str] = mapped_column(String(200), default="")
