"""A thread as one reader sees it: every post with its people, sources, endorsements, and what the reader may do.

Rule: the number of statements does not depend on the number of posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from social_cme.core.events import room_channel
from social_cme.core.pagination import Page
from social_cme.discussions import policies
from social_cme.discussions.enums import AnswerOrder, PaperStatus, PostKind, SummaryKind, VoteTarget
from social_cme.discussions.models import Citation, Dispute, Endorsement, Follow, Post, ReadMark, Thread, ThreadSummary
from social_cme.discussions.queries import posts as rows
from social_cme.discussions.queries.images import Holder, Pictures, images_on_page
from social_cme.discussions.queries.sight import Sight, sight_of
from social_cme.discussions.queries.structure import NO_LINKS, ThreadLinks, links_of
from social_cme.discussions.queries.summaries import summaries_of
from social_cme.discussions.queries.tags import TagName, tags_of
from social_cme.discussions.queries.threads import find_read_mark, read_thread
from social_cme.extensions import db
from social_cme.media.models import Image
from social_cme.persistence.facts import last_seq
from social_cme.rooms.policies import RoomContext

# Ten answers of some length, with all that a mentor can do to them, stay under 100 KB of HTML.
PAGE = 10


@dataclass(frozen=True, slots=True)
class PostView:
    """A post, and what one reader sees of it and may do with it."""

    post: Post
    thread: Thread
    is_mine: bool
    role: str | None
    my_vote: int
    is_new: bool
    shows_text: bool
    may_vote: bool
    may_comment: bool
    may_accept: bool
    may_endorse: bool
    may_edit: bool
    may_withdraw: bool
    may_dispute: bool = False
    citations: Sequence[Citation] = ()
    endorsements: Sequence[Endorsement] = ()
    my_endorsement: Endorsement | None = None
    images: Sequence[Image] = ()
    dispute: Dispute | None = None
    comments: Sequence[PostView] = ()

    @property
    def names_retracted(self) -> bool:
        """Whether a paper that the answer names was retracted."""
        return any(one.paper is not None and one.paper.status == PaperStatus.RETRACTED for one in self.citations)

    @property
    def has_lapsed(self) -> bool:
        """Whether mentors once stood behind the answer and none does now."""
        return bool(self.endorsements) and not self.post.is_endorsed


@dataclass(frozen=True, slots=True)
class ThreadView:
    """The opening of a thread, and what one reader may do with it."""

    thread: Thread
    is_mine: bool
    role: str | None
    my_vote: int
    is_following: bool
    follower_count: int
    may_answer: bool
    why_no_answer: str
    may_vote: bool
    may_comment: bool
    may_edit: bool
    may_close: bool
    may_follow: bool
    sight: Sight
    may_tag: bool = False
    tags: Sequence[TagName] = ()
    links: ThreadLinks = NO_LINKS
    images: Sequence[Image] = ()
    may_mark_answered: bool = False
    may_think_aloud: bool = False
    may_edit_take_home: bool = False
    may_edit_case_summary: bool = False
    take_home: ThreadSummary | None = None
    case_summary: ThreadSummary | None = None
    comments: Sequence[PostView] = ()
    comment_total: int = 0


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of a thread."""

    opening: ThreadView
    answers: Sequence[PostView]
    order: AnswerOrder
    next_cursor: str | None
    is_first: bool
    seq: int
    last_post_id: int
    first_new: int | None = None
    new_ids: frozenset[int] = field(default_factory=frozenset)
    new_parents: dict[int, int | None] = field(default_factory=dict)
    divider_before: int | None = None
    read_up_to: int | None = None


@dataclass(frozen=True, slots=True)
class _Belongings:
    """What belongs to the posts of a page, loaded at once."""

    roles: dict[int, str]
    votes: dict[tuple[str, int], int]
    citations: dict[int, list[Citation]]
    endorsements: dict[int, list[Endorsement]]
    images: Pictures
    disputes: dict[int, Dispute]
    new_ids: frozenset[int]


def thread_page(
    ctx: RoomContext,
    thread_id: int,
    *,
    order: AnswerOrder = AnswerOrder.BEST,
    cursor: str | None = None,
    start_at: int | None = None,
    all_comments: int | None = None,
    limit: int = PAGE,
) -> ThreadPage:
    """Return a page of a thread for the reader; ``start_at`` begins at an answer in the order of time.

    ``all_comments`` is the answer (0: the opening) of which every comment is wanted.
    """
    # Read first: what is committed while the page is put together is then sent again by the channel, never missed.
    seq = last_seq(db.session(), room_channel(ctx.room_id))
    thread = read_thread(ctx, thread_id)
    sight = sight_of(ctx, thread)
    shown = rows.list_answers(thread.id, sight=sight, order=order, cursor=cursor, start_at=start_at, limit=limit)
    ids = [post.id for post in shown.items]
    below = rows.comments_below(thread.id, ids, sight=sight, with_opening=True, all_below=all_comments)
    comments = [post for group in below.values() for post in group]
    mark = find_read_mark(ctx, thread.id)
    new = dict(rows.new_posts(ctx, thread.id, sight=sight, since=mark.last_post_id)) if mark is not None else {}
    belongings = _load(ctx, thread, shown.items, comments, new_ids=frozenset(new))
    answers = [_view(ctx, thread, post, belongings, below.get(post.id, ())) for post in shown.items]
    return ThreadPage(
        opening=_opening(ctx, thread, sight, belongings, below.get(None, ())),
        answers=answers,
        order=order,
        next_cursor=shown.next_cursor,
        is_first=cursor is None and start_at is None,
        seq=seq,
        last_post_id=thread.last_post_id,
        first_new=min(new) if new else None,
        new_ids=frozenset(new),
        new_parents=new,
        divider_before=_divider(shown, new),
        read_up_to=_read_up_to(ctx, thread, mark, new, {*ids, *(post.id for post in comments)}),
    )


def thread_view(ctx: RoomContext, thread_id: int) -> ThreadView:
    """Return the opening of a thread as the reader sees it, without what stands below it."""
    thread = read_thread(ctx, thread_id)
    belongings = _load(ctx, thread, [], [], new_ids=frozenset())
    return _opening(ctx, thread, sight_of(ctx, thread), belongings, ())


def post_view(ctx: RoomContext, post_id: int, *, all_comments: bool = False) -> PostView:
    """Return a single post as the reader sees it; for an answer with its comments."""
    thread, post = rows.access_post(ctx, post_id)
    below: dict[int | None, list[Post]] = {}
    if post.kind == PostKind.ANSWER:
        wanted = post.id if all_comments else None
        sight = sight_of(ctx, thread)
        below = rows.comments_below(thread.id, [post.id], sight=sight, with_opening=False, all_below=wanted)
    comments = below.get(post.id, [])
    belongings = _load(ctx, thread, [post], comments, new_ids=frozenset())
    return _view(ctx, thread, post, belongings, comments)


def post_views(ctx: RoomContext, thread: Thread, posts: Sequence[Post]) -> list[PostView]:
    """Return several posts of one thread as the reader sees them, without what stands below them."""
    belongings = _load(ctx, thread, posts, [], new_ids=frozenset())
    return [_view(ctx, thread, post, belongings, ()) for post in posts]


def _load(
    ctx: RoomContext, thread: Thread, answers: Sequence[Post], comments: Sequence[Post], *, new_ids: frozenset[int]
) -> _Belongings:
    ids = [post.id for post in answers]
    # What somebody under a pseudonym is in the room would narrow down who it is.
    people = {post.author_id for post in (*answers, *comments) if not post.pseudonym}
    if not thread.pseudonym:
        people.add(thread.author_id)
    return _Belongings(
        roles=rows.guides_among(ctx.room_id, sorted(people)),
        votes=rows.votes_of(ctx.actor_id, thread_id=thread.id, post_ids=[*ids, *(post.id for post in comments)]),
        citations=rows.citations_of(ids),
        endorsements=rows.endorsements_of(ids),
        # A comment shows pictures when it was the opening of a thread that was merged into this one.
        images=images_on_page(thread.id, [*ids, *(post.id for post in comments)]),
        disputes=rows.disputes_of(ids),
        new_ids=new_ids,
    )


def _view(ctx: RoomContext, thread: Thread, post: Post, belongings: _Belongings, comments: Sequence[Post]) -> PostView:
    shows_text = bool(policies.can_see_text(ctx, post))
    endorsements = belongings.endorsements.get(post.id, [])
    mine = [one for one in endorsements if one.mentor_id == ctx.actor_id]
    citations = belongings.citations.get(post.id, [])
    retracted = any(one.paper is not None and one.paper.status == PaperStatus.RETRACTED for one in citations)
    return PostView(
        post=post,
        thread=thread,
        is_mine=post.author_id == ctx.actor_id,
        role=belongings.roles.get(post.author_id) if not post.pseudonym else None,
        my_vote=belongings.votes.get((VoteTarget.POST.value, post.id), 0),
        is_new=post.id in belongings.new_ids,
        shows_text=shows_text,
        may_vote=bool(policies.can_vote(ctx, thread, post)),
        may_comment=bool(policies.can_comment_on(ctx, thread, post)),
        may_accept=bool(policies.can_accept(ctx, thread, post)),
        may_endorse=bool(policies.can_endorse(ctx, thread, post, names_retracted=retracted)),
        may_edit=bool(policies.can_edit_post(ctx, thread, post)),
        may_withdraw=bool(policies.can_withdraw(ctx, thread, post)),
        may_dispute=bool(policies.can_dispute(ctx, thread, post)),
        citations=citations if shows_text else (),
        endorsements=endorsements if shows_text else (),
        my_endorsement=mine[0] if mine else None,
        images=belongings.images.get((Holder.POST, post.id), []) if shows_text else (),
        dispute=belongings.disputes.get(post.id) if shows_text else None,
        comments=[_view(ctx, thread, comment, belongings, ()) for comment in comments],
    )


def _opening(
    ctx: RoomContext, thread: Thread, sight: Sight, belongings: _Belongings, comments: Sequence[Post]
) -> ThreadView:
    answering = policies.can_answer(ctx, thread)
    follower_count, following, total = _following_and_comments(ctx, thread.id, sight)
    texts = summaries_of(thread.id) if sight.is_open else {}
    return ThreadView(
        thread=thread,
        is_mine=thread.author_id == ctx.actor_id,
        role=belongings.roles.get(thread.author_id) if not thread.pseudonym else None,
        my_vote=belongings.votes.get((VoteTarget.THREAD.value, thread.id), 0),
        is_following=following,
        follower_count=follower_count,
        may_answer=bool(answering),
        why_no_answer=answering.reason,
        may_vote=bool(policies.can_vote(ctx, thread, None)),
        may_comment=bool(policies.can_comment_on(ctx, thread, None)),
        may_edit=bool(policies.can_edit_thread(ctx, thread)),
        may_close=bool(policies.can_close(ctx, thread)),
        may_follow=bool(policies.can_follow(ctx)),
        sight=sight,
        may_tag=bool(policies.can_tag(ctx, thread)),
        tags=tags_of([thread.id]).get(thread.id, ()),
        links=links_of(ctx, thread.id),
        images=belongings.images.get((Holder.THREAD, thread.id), []),
        may_mark_answered=bool(policies.can_mark_answered(ctx, thread)),
        may_think_aloud=bool(answering) and bool(policies.can_think_aloud(ctx)),
        may_edit_take_home=bool(policies.can_edit_summary(ctx, thread, SummaryKind.TAKE_HOME)),
        may_edit_case_summary=bool(policies.can_edit_summary(ctx, thread, SummaryKind.CASE)),
        take_home=texts.get(SummaryKind.TAKE_HOME),
        case_summary=texts.get(SummaryKind.CASE),
        comments=[_view(ctx, thread, comment, belongings, ()) for comment in comments],
        comment_total=total,
    )


def _following_and_comments(ctx: RoomContext, thread_id: int, sight: Sight) -> tuple[int, bool, int]:
    followers = select(func.count(Follow.id)).where(Follow.thread_id == thread_id).scalar_subquery()
    mine = select(func.count(Follow.id)).where(Follow.thread_id == thread_id, Follow.user_id == ctx.actor_id)
    comments = rows.opening_comments(thread_id, sight=sight).scalar_subquery()
    found = db.session.execute(select(followers, mine.scalar_subquery(), comments)).one()
    return found[0], found[1] > 0, found[2]


def _divider(shown: Page[Post], new: dict[int, int | None]) -> int | None:
    """Return the answer before which "new since your last visit" stands: from there on every answer is new."""
    first = None
    for post in reversed(shown.items):
        if post.id not in new:
            break
        first = post.id
    return first


def _read_up_to(
    ctx: RoomContext, thread: Thread, mark: ReadMark | None, new: dict[int, int | None], shown: set[int]
) -> int | None:
    """Return where the reader's mark belongs after this page, ``None`` when it stays.

    On the first visit everything so far is the past. Later the mark stops before the first new post that was not on the page.
    """
    if ctx.actor_id is None:
        return None
    if mark is None:
        return thread.last_post_id
    unseen = [post_id for post_id in sorted(new) if post_id not in shown]
    up_to = unseen[0] - 1 if unseen else thread.last_post_id
    return up_to if up_to > mark.last_post_id else None
