"""Where threads came from and went to: splits, merges, and the addresses that lead on.

Rule: another thread is named only to those who may read it where it stands now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from social_cme.core.text import excerpt
from social_cme.discussions.enums import PostKind
from social_cme.discussions.models import Post, Thread, ThreadMerge, ThreadSplit
from social_cme.extensions import db
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.directory import readable_by


@dataclass(frozen=True, slots=True)
class OtherThread:
    """A thread that another one points to."""

    id: int
    title: str
    room_slug: str


@dataclass(frozen=True, slots=True)
class ThreadLinks:
    """The thread from which this one was split, and those that were split from it."""

    came_from: OtherThread | None = None
    went_to: Sequence[OtherThread] = field(default_factory=tuple)


NO_LINKS = ThreadLinks()


@dataclass(frozen=True, slots=True)
class MergeNote:
    """What a reader is told who comes from the address of a thread that was merged into this one."""

    title: str
    note: str
    post_id: int


def links_of(ctx: RoomContext, thread_id: int) -> ThreadLinks:
    """Return the splits of a thread in both directions, as far as the reader may see the other thread."""
    rows = db.session.execute(
        select(ThreadSplit.thread_id, Thread.id, Thread.title, Room.slug)
        .join(
            Thread,
            or_(
                (ThreadSplit.thread_id == thread_id) & (Thread.id == ThreadSplit.from_id),
                (ThreadSplit.from_id == thread_id) & (Thread.id == ThreadSplit.thread_id),
            ),
        )
        .join(Room, Room.id == Thread.room_id)
        .where(
            or_(ThreadSplit.thread_id == thread_id, ThreadSplit.from_id == thread_id),
            ThreadSplit.thread_id != ThreadSplit.from_id,
            Thread.hidden_at.is_(None),
            readable_by(ctx.actor),
        )
        .order_by(ThreadSplit.id)
    ).all()
    came = [OtherThread(*row[1:]) for row in rows if row[0] == thread_id]
    went = [OtherThread(*row[1:]) for row in rows if row[0] != thread_id]
    return ThreadLinks(came_from=came[0] if came else None, went_to=went)


def find_merge_note(thread_id: int, from_id: int) -> MergeNote | None:
    """Return the note of a merge into a thread that the caller has access to, ``None`` when there was no such merge."""
    row = db.session.execute(
        select(Thread.title, ThreadMerge.note, ThreadMerge.post_id)
        .join(Thread, Thread.id == ThreadMerge.thread_id)
        .join(Post, Post.id == ThreadMerge.post_id)
        .where(ThreadMerge.thread_id == from_id, Thread.merged_into_id == thread_id, Post.hidden_at.is_(None))
    ).one_or_none()
    return MergeNote(*row) if row is not None else None


def find_merge(ctx: RoomContext, thread_id: int) -> ThreadMerge | None:
    """Return how a thread of the room was merged, ``None`` when it was not."""
    return db.session.scalar(select(ThreadMerge).filter_by(thread_id=thread_id, room_id=ctx.room_id))


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer in a list of choices: who wrote it, how it begins, and how many comments go with it."""

    post: Post
    beginning: str
    comment_count: int


def list_answer_lines(ctx: RoomContext, thread_id: int) -> list[AnswerLine]:
    """Return the answers of a thread for a moderator who chooses among them, oldest first, up to 500."""
    rows = db.session.scalars(
        select(Post)
        .options(joinedload(Post.account_behind))
        .where(Post.thread_id == thread_id, Post.room_id == ctx.room_id, Post.kind == PostKind.ANSWER)
        .order_by(Post.id)
        .limit(500)
    )
    return [AnswerLine(post, excerpt(post.body_md, limit=140), post.comment_count) for post in rows]


def list_merge_choices(ctx: RoomContext, thread: Thread, *, limit: int = 50) -> Sequence[tuple[int, str]]:
    """Return the room's other threads in sight as (id, title), those active last first; for a list of suggestions."""
    rows = db.session.execute(
        select(Thread.id, Thread.title)
        .where(Thread.room_id == ctx.room_id, Thread.id != thread.id, Thread.hidden_at.is_(None))
        .order_by(Thread.last_activity_at.desc(), Thread.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
