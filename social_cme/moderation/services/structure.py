"""Splitting and merging threads; each leaves an entry in the log, once.

Rule: the change itself belongs to discussions. Open reports go with the texts that they are about.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select, update

from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.discussions.models import Post, Thread, ThreadSplit
from social_cme.discussions.queries.structure import find_merge
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.merging import stays_first, thread_number
from social_cme.discussions.services.merging import merge_threads
from social_cme.discussions.services.splitting import split_thread
from social_cme.extensions import db
from social_cme.moderation.enums import FlagTarget, Measure, Stays
from social_cme.moderation.models import Flag, LogEntry
from social_cme.moderation.services.log import write_log
from social_cme.moderation.services.targets import Target
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext, can_moderate

_QUIET = {"synchronize_session": False}


def split(
    ctx: RoomContext,
    *,
    thread_id: int,
    post_ids: Sequence[int],
    title: str,
    kind: str,
    body: str = "",
    client_id: str | None = None,
) -> Thread:
    """Make a thread of its own out of some answers; see ``split_thread``."""
    with transaction() as tx:
        new = split_thread(
            ctx, thread_id=thread_id, post_ids=post_ids, title=title, kind=kind, body=body, client_id=client_id
        )
        logged = select(LogEntry.id).where(LogEntry.action == Measure.SPLIT, LogEntry.target_id == new.id)
        if tx.session.scalar(logged) is None:
            _flags_follow(tx, select(Post.id).where(Post.thread_id == new.id), new.id)
            write_log(
                room_id=ctx.room_id,
                actor_id=ctx.user.id,
                measure=Measure.SPLIT,
                target=Target(new, None),
                reason=_came_from(tx, new),
            )
        return new


def merge(ctx: RoomContext, *, thread_id: int, other: str, stays: str = Stays.OLDER, note: str = "") -> Thread:
    """Put two threads of the room together and return the one that stays.

    *other* is an address or a number as people paste it. Raises ``Invalid`` naming ``other`` or ``stays``.
    """
    require(can_moderate(ctx))
    other_id = thread_number(other[:2000])
    if other_id is None:
        raise Invalid(fields={"other": ["Paste the address of the other thread, or its number."]})
    if stays not in set(Stays):
        raise Invalid(fields={"stays": ["Choose which thread stays."]})
    with transaction() as tx:
        gone, kept = _order(ctx, thread_id, other_id, Stays(stays))
        is_new = find_merge(ctx, gone) is None
        into = merge_threads(ctx, thread_id=gone, into_id=kept, note=note)
        done = find_merge(ctx, gone)
        if is_new and done is not None:
            opening = tx.session.get_one(Thread, gone)
            _flags_follow(tx, select(Post.id).where(Post.thread_id == into.id), into.id)
            tx.session.execute(
                update(Flag)
                .where(Flag.target == FlagTarget.THREAD.value, Flag.target_id == gone)
                .values(target=FlagTarget.POST.value, target_id=done.post_id, thread_id=into.id)
                .execution_options(**_QUIET)
            )
            write_log(
                room_id=ctx.room_id,
                actor_id=ctx.user.id,
                measure=Measure.MERGED,
                target=Target(opening, None),
                reason=done.note,
            )
        return into


def _order(ctx: RoomContext, thread_id: int, other_id: int, stays: Stays) -> tuple[int, int]:
    """Return which thread goes and which stays; a merge that was made already is named as it was."""
    for one, two in ((thread_id, other_id), (other_id, thread_id)):
        earlier = find_merge(ctx, one)
        if earlier is not None and earlier.into_id == two:
            return one, two
    if stays == Stays.OLDER:
        mine = access_thread(ctx, thread_id)
        rows = select(Thread.created_at).where(Thread.id == other_id, Thread.room_id == ctx.room_id)
        moment = db.session.scalar(rows)
        is_mine = moment is None or stays_first((mine.created_at, mine.id), (moment, other_id))
    else:
        is_mine = stays == Stays.THIS
    return (other_id, thread_id) if is_mine else (thread_id, other_id)


def _flags_follow(tx: Transaction, posts: Select[int], thread_id: int) -> None:
    tx.session.execute(
        update(Flag)
        .where(Flag.target == FlagTarget.POST.value, Flag.target_id.in_(posts))
        .values(thread_id=thread_id)
        .execution_options(**_QUIET)
    )


def _came_from(tx: Transaction, new: Thread) -> str:
    old = tx.session.scalar(select(ThreadSplit.from_id).where(ThreadSplit.thread_id == new.id))
    return f"Split off from thread {old}."
