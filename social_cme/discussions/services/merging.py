"""Puts everything of one thread into another of the same room; the old address leads there.

Rule: nothing is lost and nothing counts twice. Posts stay their authors', with all that hangs on them; the opening becomes a
comment below the other opening, with its votes and its history; followers and read marks are united.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, delete, select, true, update
from sqlalchemy.orm import aliased

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import NOTE_LIMIT, PostKind, VoteTarget
from social_cme.discussions.events import ThreadsMerged
from social_cme.discussions.models import (
    CaseOutcome,
    Draft,
    Follow,
    Mention,
    Post,
    ReadMark,
    Revision,
    Thread,
    ThreadMerge,
    ThreadSplit,
    ThreadSummary,
    ThreadTag,
    Vote,
)
from social_cme.discussions.queries.images import Holder
from social_cme.discussions.queries.structure import find_merge
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.merging import opening_as_comment
from social_cme.discussions.rules.places import answer_place, comment_place
from social_cme.discussions.rules.taxonomy import TAGS_MOST
from social_cme.discussions.services.answers import count_post
from social_cme.discussions.services.counting import count_in_room
from social_cme.discussions.services.mentions import Scribe
from social_cme.discussions.services.splitting import move_posts
from social_cme.discussions.services.tagging import set_keys
from social_cme.discussions.services.texts import long_text
from social_cme.media.services.showing import hand_over_images
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext, can_moderate

MERGED = "Merged into another thread."
_QUIET = {"synchronize_session": False}


def merge_threads(ctx: RoomContext, *, thread_id: int, into_id: int, note: str = "") -> Thread:
    """Put everything of a thread into another one of the room, and return that one.

    Doing it again returns the same thread and changes nothing. *note* is read by who comes from the old address. Raises
    ``Invalid`` for the field ``other``, ``Conflict`` with the reason when one of the two must stay as it is.
    """
    if thread_id == into_id:
        raise Invalid(fields={"other": ["This is the same thread. Choose another one."]})
    with transaction() as tx:
        require(can_moderate(ctx))
        earlier = find_merge(ctx, thread_id)
        if earlier is not None and earlier.into_id == into_id:
            return access_thread(ctx, into_id)
        # In the order of their ids, so that two merges in opposite directions do not wait for each other.
        locked = {one: _lock(ctx, one) for one in sorted((thread_id, into_id))}
        thread, into = locked[thread_id], locked[into_id]
        decision = policies.can_merge(ctx, thread, into)
        if not decision:
            raise Conflict(decision.reason)
        _check_opening(tx, thread)
        text = long_text(note, "note", NOTE_LIMIT, required=False)
        _unite_readers(tx, thread, into)
        move_posts(tx, thread, into, true())
        post = _keep_opening(tx, thread, into)
        _unite_tags(tx, thread, into)
        _redirect(tx, thread, into)
        into.last_activity_at = max(into.last_activity_at, thread.last_activity_at)
        tx.add(
            ThreadMerge(
                thread_id=thread.id, into_id=into.id, post_id=post.id, room_id=ctx.room_id, by_id=ctx.user.id, note=text
            )
        )
        count_in_room(tx, ctx.room_id, threads=-1)
        tx.record(
            ThreadsMerged(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                thread_id=into.id,
                from_thread_id=thread.id,
                post_id=post.id,
            )
        )
        return into


def _lock(ctx: RoomContext, thread_id: int) -> Thread:
    try:
        return access_thread(ctx, thread_id, lock=True)
    except NotFound as error:
        raise Invalid(fields={"other": ["There is no such thread in this room, or it was merged already."]}) from error


def _check_opening(tx: Transaction, thread: Thread) -> None:
    """Refuse an opening with something that a comment cannot show; the merge can be made the other way round."""
    found = {
        "The outcome of this case was told.": select(CaseOutcome.id).where(CaseOutcome.thread_id == thread.id),
        "A summary stands on top of this thread.": select(ThreadSummary.id).filter_by(thread_id=thread.id),
    }
    for reason, statement in found.items():
        if tx.session.scalar(statement.limit(1)) is not None:
            raise Conflict(f"{reason} Let it stay, and merge the other thread into it.")


def _keep_opening(tx: Transaction, thread: Thread, into: Thread) -> Post:
    """Make the opening a comment of its author, with the votes that it got and what it said before."""
    text = opening_as_comment(title=thread.title, body=thread.body_md, case=thread.case, summary=thread.summary_md)
    post = Post(
        room_id=into.room_id,
        thread_id=into.id,
        author_id=thread.author_id,
        kind=PostKind.COMMENT.value,
        body_md=text,
        body_html=Scribe(into.room_id).render(text),
        created_at=thread.created_at,
        edited_at=thread.edited_at,
        revision=thread.revision,
        score=thread.score,
    )
    tx.add(post)
    count_post(tx, into, post, by=1)
    into.last_post_id = max(into.last_post_id, post.id)
    for about in (Vote, Mention):
        tx.session.execute(
            update(about)
            .where(about.target == VoteTarget.THREAD.value, about.target_id == thread.id)
            .values(target=VoteTarget.POST.value, target_id=post.id)
            .execution_options(**_QUIET)
        )
    tx.session.execute(
        update(Revision)
        .where(Revision.thread_id == thread.id, Revision.post_id.is_(None))
        .values(thread_id=into.id, post_id=post.id)
        .execution_options(**_QUIET)
    )
    tx.session.flush()
    hand_over_images(holder=Holder.THREAD, holder_id=thread.id, to_holder=Holder.POST, to_id=post.id)
    return post


def _unite_readers(tx: Transaction, thread: Thread, into: Thread) -> None:
    """Unite followers and read marks, before the posts move.

    Who read both has now read as far as the less read of the two, so nothing unread is lost; where there was nothing left to
    read, the other mark counts. Who read one of them keeps that mark.
    """
    theirs = aliased(ReadMark)
    left_here, left_there = ReadMark.last_post_id < into.last_post_id, theirs.last_post_id < thread.last_post_id
    lower = case((ReadMark.last_post_id < theirs.last_post_id, ReadMark.last_post_id), else_=theirs.last_post_id)
    higher = case((ReadMark.last_post_id > theirs.last_post_id, ReadMark.last_post_id), else_=theirs.last_post_id)
    united = case(
        (left_here & left_there, lower),
        (left_here, ReadMark.last_post_id),
        (left_there, theirs.last_post_id),
        else_=higher,
    )
    rows = tx.session.execute(
        select(ReadMark.id, united.label("last_post_id"))
        .join(theirs, (theirs.user_id == ReadMark.user_id) & (theirs.thread_id == thread.id))
        .where(ReadMark.thread_id == into.id)
    ).all()
    if rows:
        tx.session.execute(update(ReadMark), [dict(row._mapping) for row in rows])
    for model in (Follow, ReadMark):
        _hand_over(tx, model, thread, into)


def _hand_over(tx: Transaction, model: Any, thread: Thread, into: Thread) -> None:
    there = select(model.user_id).where(model.thread_id == into.id)
    old = model.thread_id == thread.id
    tx.session.execute(delete(model).where(old, model.user_id.in_(there)).execution_options(**_QUIET))
    tx.session.execute(update(model).where(old).values(thread_id=into.id).execution_options(**_QUIET))


def _unite_tags(tx: Transaction, thread: Thread, into: Thread) -> None:
    keys: list[str] = []
    for one in (into, thread):
        rows = select(ThreadTag.key).where(ThreadTag.thread_id == one.id).order_by(ThreadTag.position)
        keys += [key for key in tx.session.scalars(rows) if key not in keys]
    set_keys(tx, thread_id=thread.id, keys=())
    set_keys(tx, thread_id=into.id, keys=keys[:TAGS_MOST])


def _redirect(tx: Transaction, thread: Thread, into: Thread) -> None:
    """Put the empty thread out of sight and let every address of it lead on, those of earlier merges as well."""
    thread.merged_into_id, thread.is_pinned, thread.score = into.id, False, 0
    thread.hidden_at, thread.hidden_reason = clock.now(), MERGED
    for model, column in ((Thread, Thread.merged_into_id), (ThreadSplit, ThreadSplit.from_id)):
        tx.session.execute(
            update(model).where(column == thread.id).values({column: into.id}).execution_options(**_QUIET)
        )
    _take_drafts(tx, answer_place(thread.id), answer_place(into.id))
    _take_drafts(tx, comment_place(thread.id, None), comment_place(into.id, None))
    tx.session.flush()


def _take_drafts(tx: Transaction, old: str, new: str) -> None:
    """Let people find at the new place what they were writing; who has a draft there keeps both."""
    other = aliased(Draft)
    taken = select(other.user_id).where(other.place == new)
    tx.session.execute(
        update(Draft)
        .where(Draft.place == old, Draft.user_id.not_in(taken))
        .values(place=new)
        .execution_options(**_QUIET)
    )
