"""Where a thread stands that was moved or merged."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from social_cme.core.errors import NotFound
from social_cme.discussions.models import FormerAddress, Thread
from social_cme.discussions.policies import can_see_thread
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room_by_id


@dataclass(frozen=True, slots=True)
class NewAddress:
    """The room and the thread to which an old address leads; ``merged_id`` is the thread that was merged away, if one was."""

    ctx: RoomContext
    thread_id: int
    merged_id: int | None = None


def find_new_address(ctx: RoomContext, thread_id: int) -> NewAddress | None:
    """Return where a thread that stood in this room is now, ``None`` unless the reader may see it there.

    A merged thread is where everything of it went, however often that was merged or moved since.
    """
    stood_here = select(FormerAddress.thread_id).where(
        FormerAddress.thread_id == thread_id, FormerAddress.room_id == ctx.room_id
    )
    old = db.session.scalar(
        select(Thread).where(Thread.id == thread_id, or_(Thread.room_id == ctx.room_id, Thread.id.in_(stood_here)))
    )
    if old is None:
        return None
    now = db.session.get(Thread, old.merged_into_id) if old.merged_into_id is not None else old
    if now is None or (now.id == thread_id and now.room_id == ctx.room_id):
        return None
    try:
        there = open_room_by_id(ctx.actor, now.room_id)
    except NotFound:
        return None
    if not can_see_thread(there, now):
        return None
    return NewAddress(there, now.id, merged_id=thread_id if now.id != thread_id else None)
