"""Where a thread stands that was moved."""

from __future__ import annotations

from sqlalchemy import select

from social_cme.core.errors import NotFound
from social_cme.discussions.models import FormerAddress, Thread
from social_cme.discussions.policies import can_see_thread
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room_by_id


def find_moved_to(ctx: RoomContext, thread_id: int) -> RoomContext | None:
    """Return the room to which a thread of this room was moved, ``None`` unless the reader may see it there."""
    thread = db.session.scalar(
        select(Thread)
        .join(FormerAddress, FormerAddress.thread_id == Thread.id)
        .where(Thread.id == thread_id, FormerAddress.room_id == ctx.room_id, Thread.room_id != ctx.room_id)
    )
    if thread is None:
        return None
    try:
        there = open_room_by_id(ctx.actor, thread.room_id)
    except NotFound:
        return None
    return there if can_see_thread(there, thread) else None
