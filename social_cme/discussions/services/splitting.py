"""Makes a thread of its own out of answers that went another way.

Rule: the answers stay what they are, with their authors, votes, endorsements, sources and comments; only the thread above
them is another. Nobody earns or loses anything by it: the fact of the opening names nobody as acting.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, literal, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import BODY_LIMIT, PostKind, ThreadKind
from social_cme.discussions.events import ThreadPosted, ThreadSplitOff
from social_cme.discussions.models import Follow, Post, ReadMark, Revision, Thread, ThreadSplit, ThreadTag
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services.counting import count_in_room, count_in_thread
from social_cme.discussions.services.follows import begin_following
from social_cme.discussions.services.tagging import set_keys
from social_cme.discussions.services.texts import long_text, title_text
from social_cme.discussions.services.threads import fill_body
from social_cme.persistence.base import UtcDateTime
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext, can_moderate

MOST_ANSWERS = 500
_KINDS = frozenset({ThreadKind.QUESTION, ThreadKind.DISCUSSION})


def split_thread(
    ctx: RoomContext,
    *,
    thread_id: int,
    post_ids: Sequence[int],
    title: str,
    kind: str = ThreadKind.QUESTION,
    body: str = "",
    client_id: str | None = None,
) -> Thread:
    """Open a thread in the same room with some answers of another and the comments on them; return the new thread.

    *body* stands above them in the moderator's name; without one a sentence says where they come from. Everybody who follows
    the old thread follows the new one, and has read as much of it. Raises ``Invalid`` naming ``answers`` or ``title``.
    """
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(can_moderate(ctx))
        claim = tx.claim(ctx.user.id, client_id, "thread.split")
        if claim.object_id is not None:
            return access_thread(ctx, claim.object_id)
        decision = policies.can_split(ctx, thread)
        if not decision:
            raise Conflict(decision.reason)
        answers = _chosen(tx, thread, post_ids)
        new = _opened(ctx, thread, title=title, kind=kind, body=body)
        tx.add(new)
        count_in_room(tx, ctx.room_id, threads=1, active_at=new.last_activity_at)
        tx.record(ThreadPosted(actor_id=None, room_id=ctx.room_id, thread_id=new.id, thread_kind=new.kind))
        moved = move_posts(tx, thread, new, or_(Post.id.in_(answers), Post.parent_id.in_(answers)))
        tx.add(ThreadSplit(thread_id=new.id, from_id=thread.id, room_id=ctx.room_id, by_id=ctx.user.id))
        _take_readers(tx, thread, new)
        begin_following(tx, user_id=ctx.user.id, thread_id=new.id)
        keys = select(ThreadTag.key).where(ThreadTag.thread_id == thread.id).order_by(ThreadTag.position)
        set_keys(tx, thread_id=new.id, keys=list(tx.session.scalars(keys)))
        tx.record(
            ThreadSplitOff(
                actor_id=ctx.user.id, room_id=ctx.room_id, thread_id=thread.id, new_thread_id=new.id, posts=moved
            )
        )
        claim.settle(new.id)
        return new


def move_posts(tx: Transaction, source: Thread, target: Thread, condition: ColumnElement[bool]) -> int:
    """Put those posts of *source* that fit below *target*, with the counts of both; return how many they were.

    The caller holds both threads, which are in one room, and chooses no comment without its answer.
    """
    condition = (Post.thread_id == source.id) & condition
    counts = {
        "answers": func.count().filter(Post.kind == PostKind.ANSWER, Post.hidden_at.is_(None)),
        "comments": func.count().filter(Post.kind == PostKind.COMMENT, Post.hidden_at.is_(None)),
        "accepted": func.count().filter(Post.is_accepted.is_(True), Post.hidden_at.is_(None)),
        "endorsed": func.count().filter(Post.is_endorsed.is_(True), Post.hidden_at.is_(None)),
    }
    row = tx.session.execute(select(func.count(), *counts.values()).where(condition)).one()
    moved = select(Post.id).where(condition)
    quiet = {"synchronize_session": False}
    tx.session.execute(
        update(Revision).where(Revision.post_id.in_(moved)).values(thread_id=target.id).execution_options(**quiet)
    )
    tx.session.execute(update(Post).where(condition).values(thread_id=target.id).execution_options(**quiet))
    change = dict(zip(counts, row[1:], strict=True))
    count_in_thread(tx, target, **change)
    count_in_thread(tx, source, **{name: -number for name, number in change.items()})
    for thread in (source, target):
        newest = select(func.max(Post.id)).where(Post.thread_id == thread.id)
        thread.last_post_id = tx.session.scalar(newest) or 0
    # Posts that were read before still say that they are in the other thread.
    tx.session.flush()
    tx.session.expire_all()
    return int(row[0])


def _chosen(tx: Transaction, thread: Thread, post_ids: Sequence[int]) -> list[int]:
    wanted = set(post_ids)
    if not wanted:
        raise Invalid(fields={"answers": ["Choose at least one answer to split off."]})
    if len(wanted) > MOST_ANSWERS:
        raise Invalid(fields={"answers": [f"At most {MOST_ANSWERS} answers can be split off at once."]})
    found = tx.session.scalars(
        select(Post.id).where(Post.thread_id == thread.id, Post.kind == PostKind.ANSWER, Post.id.in_(wanted))
    ).all()
    if len(found) != len(wanted):
        raise Invalid(fields={"answers": ["Some of these answers are not in this thread any more. Choose again."]})
    return list(found)


def _opened(ctx: RoomContext, thread: Thread, *, title: str, kind: str, body: str) -> Thread:
    if kind not in _KINDS:
        raise Invalid(fields={"kind": ["Choose a question or a discussion."]})
    new = Thread(
        room_id=ctx.room_id,
        author_id=ctx.user.id,
        kind=str(kind),
        title=title_text(title),
        last_activity_at=clock.now(),
        post_first=thread.post_first,
    )
    text = long_text(body, "body", BODY_LIMIT, required=False)
    fill_body(new, text or "These answers were split off from another thread, where they had gone their own way.")
    return new


def _take_readers(tx: Transaction, source: Thread, target: Thread) -> None:
    """Let everybody who follows one thread follow the other, and have read it as far."""
    follow = select(Follow.user_id, literal(target.id), literal(clock.now(), UtcDateTime()))
    tx.session.execute(
        insert(Follow).from_select(
            ["user_id", "thread_id", "created_at"], follow.where(Follow.thread_id == source.id), include_defaults=False
        )
    )
    mark = select(ReadMark.user_id, literal(target.id), ReadMark.last_post_id, ReadMark.read_at)
    tx.session.execute(
        insert(ReadMark).from_select(
            ["user_id", "thread_id", "last_post_id", "read_at"],
            mark.where(ReadMark.thread_id == source.id),
            include_defaults=False,
        )
    )
