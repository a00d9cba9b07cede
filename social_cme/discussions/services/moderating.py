"""Changes of state that a moderator makes; the moderation feature calls these and keeps its log beside them.

Rule: each needs ``can_moderate``; doing one twice changes nothing and records nothing.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.discussions.enums import NOTE_LIMIT, StateChange
from social_cme.discussions.events import PostStateChanged, ThreadStateChanged
from social_cme.discussions.models import FormerAddress, Post, Thread
from social_cme.discussions.queries.images import image_ids_of
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services.answers import count_post
from social_cme.discussions.services.counting import count_in_room
from social_cme.discussions.services.texts import line_text
from social_cme.media.services.showing import move_images
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext, can_moderate


def pin_thread(ctx: RoomContext, *, thread_id: int, pinned: bool = True) -> Thread:
    """Keep a thread at the top of its room, or no longer."""
    with transaction() as tx:
        thread = _thread(ctx, thread_id)
        if thread.is_pinned != pinned:
            thread.is_pinned = pinned
            _record(tx, ctx, thread, StateChange.PINNED if pinned else StateChange.UNPINNED)
        return thread


def lock_thread(ctx: RoomContext, *, thread_id: int, reason: str) -> Thread:
    """Take no more answers, comments and edits, with a reason that everybody reads; votes stay possible."""
    with transaction() as tx:
        thread = _thread(ctx, thread_id)
        text = line_text(reason, "reason", NOTE_LIMIT, required=True)
        if thread.locked_at is None:
            thread.locked_at, thread.locked_reason = clock.now(), text
            _record(tx, ctx, thread, StateChange.LOCKED)
        return thread


def unlock_thread(ctx: RoomContext, *, thread_id: int) -> Thread:
    """Take answers again."""
    with transaction() as tx:
        thread = _thread(ctx, thread_id)
        if thread.locked_at is not None:
            thread.locked_at, thread.locked_reason = None, ""
            _record(tx, ctx, thread, StateChange.UNLOCKED)
        return thread


def hide_thread(ctx: RoomContext, *, thread_id: int, reason: str) -> Thread:
    """Put a thread out of everybody's sight but its author's and the moderators'."""
    with transaction() as tx:
        thread = _thread(ctx, thread_id)
        text = line_text(reason, "reason", NOTE_LIMIT, required=True)
        if thread.hidden_at is None:
            thread.hidden_at, thread.hidden_reason = clock.now(), text
            tx.session.flush()
            count_in_room(tx, thread.room_id, threads=-1)
            _record(tx, ctx, thread, StateChange.HIDDEN)
        return thread


def unhide_thread(ctx: RoomContext, *, thread_id: int) -> Thread:
    """Bring a hidden thread back."""
    with transaction() as tx:
        thread = _thread(ctx, thread_id)
        if thread.hidden_at is not None:
            thread.hidden_at, thread.hidden_reason = None, ""
            tx.session.flush()
            count_in_room(tx, thread.room_id, threads=1)
            _record(tx, ctx, thread, StateChange.UNHIDDEN)
        return thread


def hide_post(ctx: RoomContext, *, post_id: int, reason: str) -> Post:
    """Replace a post by a note with the reason; its words stay for its author and the moderators."""
    with transaction() as tx:
        thread, post = _post(ctx, post_id)
        text = line_text(reason, "reason", NOTE_LIMIT, required=True)
        if post.hidden_at is None:
            post.hidden_at, post.hidden_reason = clock.now(), text
            tx.session.flush()
            count_post(tx, thread, post, by=-1)
            _record_post(tx, ctx, post, StateChange.HIDDEN)
        return post


def unhide_post(ctx: RoomContext, *, post_id: int) -> Post:
    """Show a hidden post again."""
    with transaction() as tx:
        thread, post = _post(ctx, post_id)
        if post.hidden_at is not None:
            post.hidden_at, post.hidden_reason = None, ""
            tx.session.flush()
            count_post(tx, thread, post, by=1)
            _record_post(tx, ctx, post, StateChange.UNHIDDEN)
        return post


def move_thread(ctx: RoomContext, *, thread_id: int, to: RoomContext) -> Thread:
    """Take a thread with all its posts to another room that the same person moderates; its old address leads there.

    Raises ``Conflict`` when the other room is archived or has the same imported thread already.
    """
    with transaction() as tx:
        thread = _thread(ctx, thread_id)
        require(can_moderate(to))
        if to.room_id == ctx.room_id:
            return thread
        if to.room.is_archived:
            raise Conflict("The other room is archived and takes no threads.")
        thread.room_id = to.room_id
        thread.is_pinned = False
        try:
            with tx.savepoint():
                tx.session.flush()
        except IntegrityError as error:
            raise Conflict("The other room has this thread already.") from error
        tx.session.execute(
            update(Post)
            .where(Post.thread_id == thread.id)
            .values(room_id=to.room_id)
            .execution_options(synchronize_session=False)
        )
        move_images(image_ids_of(thread.id), to_room_id=to.room_id)
        known = tx.session.scalar(select(FormerAddress.id).filter_by(thread_id=thread.id, room_id=ctx.room_id))
        if known is None:
            tx.add(FormerAddress(thread_id=thread.id, room_id=ctx.room_id))
        if thread.hidden_at is None:
            # In the order of their ids, so that two moves in opposite directions do not wait for each other.
            for room_id, by in sorted(((ctx.room_id, -1), (to.room_id, 1))):
                count_in_room(tx, room_id, threads=by)
        _record(tx, ctx, thread, StateChange.MOVED_AWAY)
        _record(tx, to, thread, StateChange.MOVED_HERE)
        return thread


def _thread(ctx: RoomContext, thread_id: int) -> Thread:
    thread = access_thread(ctx, thread_id, lock=True)
    require(can_moderate(ctx))
    return thread


def _post(ctx: RoomContext, post_id: int) -> tuple[Thread, Post]:
    found = access_post(ctx, post_id, lock_thread=True)
    require(can_moderate(ctx))
    return found


def _record(tx: Transaction, ctx: RoomContext, thread: Thread, change: StateChange) -> None:
    tx.record(ThreadStateChanged(actor_id=ctx.actor_id, room_id=ctx.room_id, thread_id=thread.id, change=change.value))


def _record_post(tx: Transaction, ctx: RoomContext, post: Post, change: StateChange) -> None:
    tx.record(
        PostStateChanged(
            actor_id=ctx.actor_id, room_id=ctx.room_id, thread_id=post.thread_id, post_id=post.id, change=change.value
        )
    )
