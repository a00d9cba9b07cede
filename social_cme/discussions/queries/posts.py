"""Answers and comments: reaching one, paging through those of a thread, and what belongs to each.

Rule: what belongs to the posts of a page is loaded for all of them at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, Select, and_, case, cast, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from social_cme.core.errors import NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.enums import AnswerOrder, PostKind, VoteTarget
from social_cme.discussions.models import Citation, Dispute, Endorsement, Post, Thread, Vote
from social_cme.discussions.queries.sight import Sight, is_in_sight
from social_cme.discussions.queries.threads import access_thread
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership
from social_cme.rooms.policies import RoomContext

COMMENTS_SHOWN = 5
COMMENTS_MOST = 500


def access_post(
    ctx: RoomContext, post_id: int, *, lock: bool = False, lock_thread: bool = False
) -> tuple[Thread, Post]:
    """Return a post of the room with its thread; raise ``NotFound`` as ``access_thread`` does.

    A hidden post is returned, for everybody sees that it is there; its words are for ``can_see_text``. One that the reader
    has to earn first (by an answer, or by getting past the steps of a case) is not. The thread is always locked before the
    post, so two writers cannot wait for each other.
    """
    place = select(Post.thread_id).where(Post.id == post_id, Post.room_id == ctx.room_id)
    thread_id = db.session.scalar(place)
    if thread_id is None:
        raise NotFound
    thread = access_thread(ctx, thread_id, lock=lock_thread)
    statement = (
        select(Post).where(Post.id == post_id, Post.room_id == ctx.room_id).options(joinedload(Post.account_behind))
    )
    if lock or lock_thread:
        statement = statement.with_for_update(key_share=True, of=Post).execution_options(populate_existing=True)
    post = db.session.scalar(statement)
    if post is None or not is_in_sight(ctx, thread, post):
        raise NotFound
    return thread, post


def list_answers(
    thread_id: int,
    *,
    sight: Sight,
    order: AnswerOrder = AnswerOrder.BEST,
    cursor: str | None = None,
    start_at: int | None = None,
    limit: int = 20,
) -> Page[Post]:
    """Return answers of a thread that the caller has access to; ``start_at`` begins at a post, in the order of time.

    The best order puts what is disputed last and follows endorsement, acceptance and votes as they are now, so an answer that
    rises while somebody pages may appear twice; in the order of time every answer appears once.
    """
    statement = (
        select(Post)
        .options(joinedload(Post.account_behind))
        .where(Post.thread_id == thread_id, Post.kind == PostKind.ANSWER, sight.condition())
        .limit(limit + 1)
    )
    if order == AnswerOrder.BEST and start_at is None:
        undisputed = 1 - cast(Post.is_disputed, Integer)
        endorsed, accepted = cast(Post.is_endorsed, Integer), cast(Post.is_accepted, Integer)
        rank = (undisputed, endorsed, accepted, Post.score, -Post.id)
        after = decode_cursor(cursor, int, int, int, int, int)
        if after is not None:
            statement = statement.where(tuple_(*rank) < tuple_(*after))
        rows = db.session.scalars(statement.order_by(*(column.desc() for column in rank))).all()
        return make_page(
            rows,
            limit=limit,
            key=lambda row: (
                1 - int(row.is_disputed),
                int(row.is_endorsed),
                int(row.is_accepted),
                row.score,
                -row.id,
            ),
        )
    single = decode_cursor(cursor, int)
    if order == AnswerOrder.NEWEST and start_at is None:
        statement = statement.order_by(Post.id.desc())
        statement = statement.where(Post.id < single[0]) if single is not None else statement
    else:
        statement = statement.order_by(Post.id)
        statement = statement.where(Post.id >= start_at) if start_at is not None else statement
        statement = statement.where(Post.id > single[0]) if single is not None else statement
    return make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))


def comments_below(
    thread_id: int, parent_ids: Sequence[int], *, sight: Sight, with_opening: bool, all_below: int | None = None
) -> dict[int | None, list[Post]]:
    """Return the first comments below each answer (and below the opening, key ``None``), oldest first.

    ``all_below`` names the answer, or 0 for the opening, of which all comments are wanted.
    """
    below = [Post.parent_id.in_(parent_ids)] if parent_ids else []
    if with_opening:
        below.append(Post.parent_id.is_(None))
    if not below:
        return {}
    position = func.row_number().over(partition_by=Post.parent_id, order_by=Post.id).label("position")
    ranked = (
        select(Post.id, position)
        .where(Post.thread_id == thread_id, Post.kind == PostKind.COMMENT, or_(*below), sight.condition())
        .subquery("ranked")
    )
    wanted = ranked.c.position <= COMMENTS_SHOWN
    if all_below is not None:
        chosen = Post.parent_id.is_(None) if all_below == 0 else Post.parent_id == all_below
        wanted = or_(wanted, and_(chosen, ranked.c.position <= COMMENTS_MOST))
    statement = (
        select(Post)
        .join(ranked, ranked.c.id == Post.id)
        .where(wanted)
        .options(joinedload(Post.account_behind))
        .order_by(Post.id)
    )
    found: dict[int | None, list[Post]] = {}
    for post in db.session.scalars(statement):
        found.setdefault(post.parent_id, []).append(post)
    return found


def list_comments(
    thread_id: int, *, sight: Sight, parent_id: int | None, cursor: str | None = None, limit: int = 20
) -> Page[Post]:
    """Return the comments below an answer, or below the opening, oldest first."""
    after = decode_cursor(cursor, int)
    statement = (
        select(Post)
        .options(joinedload(Post.account_behind))
        .where(Post.thread_id == thread_id, Post.kind == PostKind.COMMENT, sight.condition())
        .where(Post.parent_id.is_(None) if parent_id is None else Post.parent_id == parent_id)
        .order_by(Post.id)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(Post.id > after[0])
    return make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))


def opening_comments(thread_id: int, *, sight: Sight) -> Select[int]:
    """Return the statement that counts the comments directly below the opening."""
    return select(func.count(Post.id)).where(
        Post.thread_id == thread_id,
        Post.kind == PostKind.COMMENT,
        Post.parent_id.is_(None),
        Post.hidden_at.is_(None),
        sight.condition(),
    )


def citations_of(post_ids: Sequence[int]) -> dict[int, list[Citation]]:
    """Return the sources of several posts with their papers, in their order."""
    found: dict[int, list[Citation]] = {}
    if post_ids:
        rows = select(Citation).where(Citation.post_id.in_(post_ids)).order_by(Citation.post_id, Citation.position)
        for row in db.session.scalars(rows.options(joinedload(Citation.paper))):
            found.setdefault(row.post_id, []).append(row)
    return found


def endorsements_of(post_ids: Sequence[int]) -> dict[int, list[Endorsement]]:
    """Return the endorsements of several posts with their mentors, those that hold first, then the oldest."""
    found: dict[int, list[Endorsement]] = {}
    if post_ids:
        lapsed = case((Endorsement.lapsed_at.is_(None), 0), else_=1)
        rows = select(Endorsement).where(Endorsement.post_id.in_(post_ids)).order_by(lapsed, Endorsement.id)
        for row in db.session.scalars(rows.options(joinedload(Endorsement.mentor))):
            found.setdefault(row.post_id, []).append(row)
    return found


def disputes_of(post_ids: Sequence[int]) -> dict[int, Dispute]:
    """Return the latest dispute about each of several posts with the people in it, settled or not."""
    if not post_ids:
        return {}
    latest = select(func.max(Dispute.id)).where(Dispute.post_id.in_(post_ids)).group_by(Dispute.post_id)
    rows = select(Dispute).where(Dispute.id.in_(latest))
    people = (joinedload(Dispute.opened_by), joinedload(Dispute.resolved_by))
    return {row.post_id: row for row in db.session.scalars(rows.options(*people))}


def votes_of(user_id: int | None, *, thread_id: int | None, post_ids: Sequence[int]) -> dict[tuple[str, int], int]:
    """Return the reader's votes on a thread and on posts, by target and id; those taken back are left out."""
    if user_id is None:
        return {}
    wanted = []
    if thread_id is not None:
        wanted.append(and_(Vote.target == VoteTarget.THREAD, Vote.target_id == thread_id))
    if post_ids:
        wanted.append(and_(Vote.target == VoteTarget.POST, Vote.target_id.in_(post_ids)))
    if not wanted:
        return {}
    rows = select(Vote.target, Vote.target_id, Vote.value).where(Vote.user_id == user_id, or_(*wanted), Vote.value != 0)
    return {(target, target_id): value for target, target_id, value in db.session.execute(rows)}


def guides_among(room_id: int, user_ids: Sequence[int]) -> dict[int, str]:
    """Return the room roles of those among *user_ids* who are its mentors or coordinators."""
    if not user_ids:
        return {}
    rows = select(Membership.user_id, Membership.role).where(
        Membership.room_id == room_id,
        Membership.user_id.in_(user_ids),
        Membership.state == MembershipState.ACTIVE,
        Membership.role.in_([RoomRole.MENTOR, RoomRole.COORDINATOR]),
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def new_posts(ctx: RoomContext, thread_id: int, *, sight: Sight, since: int) -> list[tuple[int, int | None]]:
    """Return id and parent of what others wrote after the post *since*, oldest first, up to 500."""
    if ctx.actor_id is None:
        return []
    rows = (
        select(Post.id, Post.parent_id)
        .where(
            Post.thread_id == thread_id,
            Post.id > since,
            Post.author_id != ctx.actor_id,
            Post.hidden_at.is_(None),
            Post.kind != PostKind.STEP,
            sight.condition(),
        )
        .order_by(Post.id)
        .limit(500)
    )
    return [(row.id, row.parent_id) for row in db.session.execute(rows)]
