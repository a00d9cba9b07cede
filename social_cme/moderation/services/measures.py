"""What moderators do to threads and posts directly; each leaves an entry in the log, once.

Rule: the change itself belongs to discussions. Doing it twice changes nothing and logs nothing.
"""

from __future__ import annotations

from sqlalchemy import update

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.core.text import clean_text
from social_cme.discussions.models import Thread
from social_cme.discussions.services import moderating, purging
from social_cme.moderation.enums import NOTE_LIMIT, FlagTarget, Measure, Resolution
from social_cme.moderation.models import Flag, UnmaskRequest
from social_cme.moderation.services.flags import settle_flags
from social_cme.moderation.services.log import write_log
from social_cme.moderation.services.targets import Target, lock_target
from social_cme.persistence.transaction import transaction
from social_cme.rooms.policies import RoomContext, can_moderate


def pin(ctx: RoomContext, *, thread_id: int, pinned: bool = True) -> Thread:
    """Keep a thread at the top of the room, or no longer."""
    with transaction():
        found = _found(ctx, FlagTarget.THREAD, thread_id)
        if found.thread.is_pinned != pinned:
            moderating.pin_thread(ctx, thread_id=thread_id, pinned=pinned)
            _log(ctx, Measure.PINNED if pinned else Measure.UNPINNED, found)
        return found.thread


def lock(ctx: RoomContext, *, thread_id: int, reason: str) -> Thread:
    """Take no more answers, with a reason that everybody reads."""
    with transaction():
        found, text = _found(ctx, FlagTarget.THREAD, thread_id), _reason(reason)
        if found.thread.locked_at is None:
            moderating.lock_thread(ctx, thread_id=thread_id, reason=text)
            _log(ctx, Measure.LOCKED, found, text)
        return found.thread


def unlock(ctx: RoomContext, *, thread_id: int) -> Thread:
    """Take answers again."""
    with transaction():
        found = _found(ctx, FlagTarget.THREAD, thread_id)
        if found.thread.locked_at is not None:
            moderating.unlock_thread(ctx, thread_id=thread_id)
            _log(ctx, Measure.UNLOCKED, found)
        return found.thread


def hide(ctx: RoomContext, *, target: str, target_id: int, reason: str) -> Target:
    """Put a thread or post out of sight, with a reason for its author; settles the open reports about it."""
    with transaction():
        found, text = _found(ctx, target, target_id), _reason(reason)
        if not found.is_hidden:
            if found.post is None:
                moderating.hide_thread(ctx, thread_id=target_id, reason=text)
            else:
                moderating.hide_post(ctx, post_id=target_id, reason=text)
            _log(ctx, Measure.HIDDEN, found, text)
            settle_flags(ctx, found, Resolution.HIDE, text)
        return found


def purge(ctx: RoomContext, *, target: str, target_id: int, reason: str, earlier_only: bool = False) -> Target:
    """Erase words that identify a patient from the text, its history, its pictures and the search; nobody brings them back.

    With *earlier_only* what it says now stays in sight; otherwise it is hidden as well. The reason must not repeat the words.
    """
    with transaction():
        text = _reason(reason)
        found = (
            _found(ctx, target, target_id)
            if earlier_only
            else hide(ctx, target=target, target_id=target_id, reason=text)
        )
        if found.post is None:
            purging.purge_thread(ctx, thread_id=target_id, reason=text, earlier_only=earlier_only)
        else:
            purging.purge_post(ctx, post_id=target_id, reason=text, earlier_only=earlier_only)
        _log(ctx, Measure.HISTORY_PURGED if earlier_only else Measure.PURGED, found, text)
        return found


def unhide(ctx: RoomContext, *, target: str, target_id: int, reason: str = "") -> Target:
    """Bring a hidden thread or post back; settles the open reports about it."""
    with transaction():
        found, text = _found(ctx, target, target_id), _reason(reason, required=False)
        if found.is_withdrawn:
            raise Conflict("Its author took this back, so it stays out of sight.")
        if found.is_hidden:
            if found.post is None:
                moderating.unhide_thread(ctx, thread_id=target_id)
            else:
                moderating.unhide_post(ctx, post_id=target_id)
            _log(ctx, Measure.UNHIDDEN, found, text)
            settle_flags(ctx, found, Resolution.KEEP, text)
        return found


def move(ctx: RoomContext, *, thread_id: int, to: RoomContext, reason: str = "") -> Thread:
    """Take a thread to another room that the same person moderates; its followers and open reports go with it."""
    with transaction() as tx:
        found, text = _found(ctx, FlagTarget.THREAD, thread_id), _reason(reason, required=False)
        if to.room_id == ctx.room_id:
            raise Invalid(fields={"room": ["The thread is in this room already. Choose another."]})
        moderating.move_thread(ctx, thread_id=thread_id, to=to)
        tx.session.execute(
            update(Flag)
            .where(Flag.thread_id == thread_id, Flag.resolved_at.is_(None))
            .values(room_id=to.room_id)
            .execution_options(synchronize_session=False)
        )
        # Its moderators are others now, so a request that two of the old ones were to decide is over.
        tx.session.execute(
            update(UnmaskRequest)
            .where(
                UnmaskRequest.thread_id == thread_id,
                UnmaskRequest.confirmed_at.is_(None),
                UnmaskRequest.ended_at.is_(None),
            )
            .values(ended_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        _log(ctx, Measure.MOVED_AWAY, found, text)
        _log(to, Measure.MOVED_HERE, found, text)
        return found.thread


def _found(ctx: RoomContext, target: str, target_id: int) -> Target:
    found = lock_target(ctx, target, target_id)
    require(can_moderate(ctx))
    return found


def _reason(reason: str, *, required: bool = True) -> str:
    text = clean_text(reason[: NOTE_LIMIT * 4])
    if required and not text:
        raise Invalid(fields={"reason": ["Please give a reason; the author and the log will show it."]})
    if len(text) > NOTE_LIMIT:
        raise Invalid(fields={"reason": [f"A reason can have at most {NOTE_LIMIT} characters."]})
    return text


def _log(ctx: RoomContext, measure: Measure, found: Target, reason: str = "") -> None:
    write_log(room_id=ctx.room_id, actor_id=ctx.user.id, measure=measure, target=found, reason=reason)
