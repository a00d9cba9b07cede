"""Threads of a room: reaching one, listing them, what is unread in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import defer, joinedload

from social_cme.accounts.models import User
from social_cme.core.errors import BadRequest, NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.enums import ThreadFilter, ThreadKind, ThreadStatus
from social_cme.discussions.models import Follow, Post, ReadMark, Thread, ThreadTag
from social_cme.discussions.policies import can_see_thread
from social_cme.discussions.queries.sight import posts_in_sight
from social_cme.discussions.queries.tags import TagName, tags_of
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread in a list, with what is new in it for the reader."""

    thread: Thread
    is_unread: bool
    new_count: int
    tags: Sequence[TagName] = ()


def access_thread(ctx: RoomContext, thread_id: int, *, lock: bool = False) -> Thread:
    """Return a thread of the room; raise ``NotFound`` when it is absent, in another room, or hidden from this person.

    ``lock`` keeps other writers away from it until the transaction ends.
    """
    return _access(ctx, select(Thread), thread_id, lock=lock)


def read_thread(ctx: RoomContext, thread_id: int) -> Thread:
    """As ``access_thread``, with the author and whoever closed it."""
    statement = select(Thread).options(joinedload(Thread.account_behind), joinedload(Thread.closer_behind))
    return _access(ctx, statement, thread_id, lock=False)


def _access(ctx: RoomContext, statement: Select[Thread], thread_id: int, *, lock: bool) -> Thread:
    statement = statement.where(Thread.id == thread_id, Thread.room_id == ctx.room_id)
    if lock:
        statement = statement.with_for_update(key_share=True, of=Thread).execution_options(populate_existing=True)
    thread = db.session.scalar(statement)
    if thread is None or not can_see_thread(ctx, thread):
        raise NotFound
    return thread


def list_threads(
    ctx: RoomContext,
    *,
    which: ThreadFilter = ThreadFilter.ALL,
    tag: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Thread]:
    """Return the threads of a room, pinned ones first, then the most recently active; texts are not loaded.

    *tag* is the key of what they are to be about.
    """
    statement = (
        select(Thread)
        .options(
            joinedload(Thread.account_behind),
            defer(Thread.body_md, raiseload=True),
            defer(Thread.body_html, raiseload=True),
            defer(Thread.case, raiseload=True),
            defer(Thread.case_html, raiseload=True),
            # It stands behind the long texts in the row.
            defer(Thread.closed_reason, raiseload=True),
        )
        .where(Thread.room_id == ctx.room_id, *_in_sight(ctx), *_matching(ctx, which))
        .order_by(Thread.is_pinned.desc(), Thread.last_activity_at.desc(), Thread.id.desc())
        .limit(limit + 1)
    )
    if tag:
        statement = statement.where(exists().where(ThreadTag.thread_id == Thread.id, ThreadTag.key == tag))
    after = decode_cursor(cursor, int, str, int)
    if after is not None:
        place = (bool(after[0]), cursor_moment(str(after[1])), after[2])
        statement = statement.where(
            tuple_(Thread.is_pinned, Thread.last_activity_at, Thread.id) < tuple_(*_bound(place))
        )
    rows = db.session.scalars(statement).all()
    return make_page(rows, limit=limit, key=lambda row: (int(row.is_pinned), clock_key(row.last_activity_at), row.id))


def clock_key(moment: datetime) -> str:
    """Write a moment for a cursor, to the microsecond."""
    return moment.isoformat()


def cursor_moment(text: str) -> datetime:
    """Read a moment out of a cursor; raise ``BadRequest`` for one that was made up."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("This page address is not valid. Start again from the first page.") from error
    if moment.tzinfo is None:
        raise BadRequest("This page address is not valid. Start again from the first page.")
    return moment


def _bound(place: tuple[bool, datetime, Any]) -> list[ColumnElement[Any]]:
    columns = (Thread.is_pinned, Thread.last_activity_at, Thread.id)
    return [literal(value, column.type) for value, column in zip(place, columns, strict=True)]


def _in_sight(ctx: RoomContext) -> list[ColumnElement[bool]]:
    if ctx.moderates:
        return [Thread.merged_into_id.is_(None)]
    if ctx.actor_id is None:
        return [Thread.hidden_at.is_(None)]
    own = and_(Thread.author_id == ctx.actor_id, Thread.merged_into_id.is_(None))
    return [or_(Thread.hidden_at.is_(None), own)]


def _matching(ctx: RoomContext, which: ThreadFilter) -> list[ColumnElement[bool]]:
    match which:
        case ThreadFilter.ALL:
            return []
        case ThreadFilter.UNANSWERED:
            questions = Thread.kind.in_([ThreadKind.QUESTION, ThreadKind.CASE])
            return [questions, Thread.answer_count == 0, Thread.status == ThreadStatus.OPEN]
        case ThreadFilter.CLOSED:
            return [Thread.status == ThreadStatus.CLOSED]
        case ThreadFilter.UNREAD:
            return [_unread(ctx)]
        case _:
            return [Thread.kind == which.value]


def _unread(ctx: RoomContext) -> ColumnElement[bool]:
    """Something came since the reader was there; or the thread is younger than the membership and was never opened."""
    if ctx.actor_id is None:
        return false()
    mine = and_(ReadMark.thread_id == Thread.id, ReadMark.user_id == ctx.actor_id)
    newer = exists().where(mine, ReadMark.last_post_id < Thread.last_post_id)
    joined = ctx.membership.joined_at if ctx.membership is not None and ctx.is_member else None
    if joined is None:
        return newer
    never = and_(~exists().where(mine), Thread.created_at > joined, Thread.author_id != ctx.actor_id)
    return or_(newer, never)


def thread_lines(ctx: RoomContext, threads: Sequence[Thread]) -> list[ThreadLine]:
    """Add to each thread its tags and what is new for the reader: three statements however many threads there are."""
    ids = [thread.id for thread in threads]
    marks: dict[int, int] = {}
    counts: dict[int, int] = {}
    if ctx.actor is not None and ids:
        marks = {
            row.thread_id: row.last_post_id
            for row in db.session.execute(
                select(ReadMark.thread_id, ReadMark.last_post_id).where(
                    ReadMark.user_id == ctx.actor_id, ReadMark.thread_id.in_(ids)
                )
            )
        }
        counts = _new_counts(ctx.actor, ids)
    joined = ctx.membership.joined_at if ctx.membership is not None and ctx.is_member else None
    tags = tags_of(ids)
    lines = []
    for thread in threads:
        never_opened = (
            thread.id not in marks
            and joined is not None
            and thread.created_at > joined
            and thread.author_id != ctx.actor_id
        )
        new = counts.get(thread.id, 0)
        lines.append(ThreadLine(thread, is_unread=never_opened or new > 0, new_count=new, tags=tags.get(thread.id, ())))
    return lines


def _new_counts(actor: User, thread_ids: Sequence[int]) -> dict[int, int]:
    statement = (
        select(Post.thread_id, func.count(Post.id))
        .join(Thread, Thread.id == Post.thread_id)
        .join(ReadMark, and_(ReadMark.thread_id == Post.thread_id, ReadMark.user_id == actor.id))
        .where(
            Post.thread_id.in_(thread_ids),
            Post.id > ReadMark.last_post_id,
            Post.author_id != actor.id,
            Post.hidden_at.is_(None),
            posts_in_sight(actor),
        )
        .group_by(Post.thread_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def find_read_mark(ctx: RoomContext, thread_id: int) -> ReadMark | None:
    """Return how far the reader has read a thread, ``None`` when they never opened it."""
    if ctx.actor_id is None:
        return None
    return db.session.scalar(select(ReadMark).filter_by(user_id=ctx.actor_id, thread_id=thread_id))


def follower_ids(thread_id: int) -> list[int]:
    """Return who follows a thread; whether each may still read the room is for the caller to check."""
    return list(db.session.scalars(select(Follow.user_id).where(Follow.thread_id == thread_id)))


def is_following(ctx: RoomContext, thread_id: int) -> bool:
    """Tell whether the reader follows a thread."""
    if ctx.actor_id is None:
        return False
    found = select(Follow.id).filter_by(user_id=ctx.actor_id, thread_id=thread_id)
    return db.session.scalar(found) is not None
