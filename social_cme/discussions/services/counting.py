"""Counts kept on a thread; changed by differences only, together with the rows that they count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from social_cme.discussions.models import Thread
from social_cme.persistence.transaction import Transaction
from social_cme.rooms.models import Room


def count_in_thread(
    tx: Transaction, thread: Thread, *, answers: int = 0, comments: int = 0, accepted: int = 0, endorsed: int = 0
) -> None:
    """Add to the counts of a thread. Its status stays: whether it is answered is said by a person, not by counts."""
    tx.session.execute(
        update(Thread)
        .where(Thread.id == thread.id)
        .values(
            answer_count=Thread.answer_count + answers,
            comment_count=Thread.comment_count + comments,
            accepted_count=Thread.accepted_count + accepted,
            endorsed_count=Thread.endorsed_count + endorsed,
        )
        .execution_options(synchronize_session=False)
    )
    tx.session.refresh(thread)


def count_in_room(tx: Transaction, room_id: int, *, threads: int = 0, active_at: datetime | None = None) -> None:
    """Add to the number of a room's threads, and note when something was last said in it."""
    values: dict[str, object] = {"thread_count": Room.thread_count + threads}
    if active_at is not None:
        values["last_activity_at"] = active_at
    tx.session.execute(
        update(Room).where(Room.id == room_id).values(values).execution_options(synchronize_session=False)
    )
