"""What of a thread's discussion is in sight of a reader: where one answers first, and where a case opens step by step.

Rule: the decision is ``policies.can_see_discussion``; lists over many threads ask it as a condition, and both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.discussions import policies
from social_cme.discussions.enums import WITHDRAWN, PostKind, ThreadStatus
from social_cme.discussions.models import Post, StepResponse, Thread
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader sees of one thread: the discussion or why not, and how many steps of the case they got past."""

    reader_id: int | None
    author_id: int
    is_open: bool
    reason: str
    is_member: bool
    sees_every_step: bool
    passed: int

    def shows(self, post: Post) -> bool:
        """Tell whether an answer or comment is in sight; for what was written to a step ask ``shows_step_post``."""
        if self.is_open or (self.reader_id is not None and post.author_id == self.reader_id):
            return True
        is_clarification = post.kind == PostKind.COMMENT and post.parent_id is None and post.author_id == self.author_id
        return self.is_member and is_clarification

    def condition(self) -> ColumnElement[bool]:
        """Return ``shows`` as a condition on ``Post``."""
        if self.is_open:
            return true()
        if self.reader_id is None:
            return false()
        own = Post.author_id == self.reader_id
        return or_(own, _clarification(self.author_id)) if self.is_member else own

    def open_steps(self, step_count: int) -> int:
        """Return how many of *step_count* steps are open: those got past, and the next one."""
        return step_count if self.sees_every_step else min(step_count, self.passed + 1)


def sight_of(ctx: RoomContext, thread: Thread) -> Sight:
    """Return what the reader sees of a thread; asks the database only where something is held back."""
    passed, has_answered = 0, False
    is_held_back = thread.post_first or thread.step_count > 0
    if is_held_back and ctx.actor_id is not None:
        passed, has_answered = db.session.execute(
            select(_passed(ctx.actor_id, thread.id), _answered(ctx.actor_id, thread.id))
        ).one()
    decision = policies.can_see_discussion(ctx, thread, has_answered=bool(has_answered), passed=passed)
    return Sight(
        reader_id=ctx.actor_id,
        author_id=thread.author_id,
        is_open=bool(decision),
        reason=decision.reason,
        is_member=ctx.is_member,
        sees_every_step=bool(policies.can_see_every_step(ctx, thread)),
        passed=passed,
    )


def is_in_sight(ctx: RoomContext, thread: Thread, post: Post) -> bool:
    """Tell whether a post is in sight of the reader at all; its words are for ``can_see_text``."""
    if post.kind == PostKind.STEP:
        if post.author_id == ctx.actor_id or policies.can_see_every_step(ctx, thread):
            return True
        got_past = exists().where(StepResponse.step_id == post.step_id, StepResponse.user_id == ctx.actor_id)
        return ctx.actor_id is not None and bool(db.session.scalar(select(got_past)))
    if not thread.post_first and thread.step_count <= 1:
        return True
    return sight_of(ctx, thread).shows(post)


def discussion_open_to(actor: User | None) -> ColumnElement[bool]:
    """Return ``can_see_discussion`` as a condition on ``Thread`` for a list over rooms that *actor* may read."""
    nothing_held_back = and_(Thread.post_first.is_(False), Thread.step_count <= 1)
    if actor is None:
        return nothing_held_back
    if actor.site_role in {SiteRole.MODERATOR, SiteRole.ADMINISTRATOR}:
        return true()
    # Aliases, because the list may have joined the reader's membership and the room itself.
    member, room = aliased(Membership), aliased(Room)
    mine = and_(member.room_id == Thread.room_id, member.user_id == actor.id, member.state == MembershipState.ACTIVE)
    guides = exists().where(mine, member.role.in_([RoomRole.MENTOR, RoomRole.COORDINATOR]))
    ended = or_(
        Thread.status == ThreadStatus.CLOSED,
        Thread.locked_at.is_not(None),
        exists().where(room.id == Thread.room_id, room.is_archived.is_(True)),
    )
    answered = or_(Thread.post_first.is_(False), _answered(actor.id, Thread.id))
    stepped = or_(Thread.step_count <= 1, _passed(actor.id, Thread.id) >= Thread.step_count - 1)
    by_members = and_(exists().where(mine), or_(ended, and_(answered, stepped)))
    return or_(nothing_held_back, Thread.author_id == actor.id, guides, by_members)


def posts_in_sight(actor: User | None) -> ColumnElement[bool]:
    """Return the condition on joined ``Thread`` and ``Post`` that an answer or comment is in sight of *actor*."""
    own = Post.author_id == actor.id if actor is not None else false()
    return and_(Post.kind != PostKind.STEP, or_(discussion_open_to(actor), own))


def _passed(user_id: int, thread_id: object) -> ColumnElement[int]:
    """Count the steps of a thread that somebody got past; they are passed in order, so the number is the place."""
    response = aliased(StepResponse)
    found = select(func.count(response.id)).where(response.thread_id == thread_id, response.user_id == user_id)
    return found.scalar_subquery()


def _answered(user_id: int, thread_id: object) -> ColumnElement[bool]:
    """Tell whether somebody answered; what they took back themselves does not count, what a moderator hid does."""
    answer = aliased(Post)
    return exists().where(
        answer.thread_id == thread_id,
        answer.author_id == user_id,
        answer.kind == PostKind.ANSWER,
        or_(answer.hidden_at.is_(None), answer.hidden_reason != WITHDRAWN),
    )


def _clarification(author_id: int) -> ColumnElement[bool]:
    return and_(Post.kind == PostKind.COMMENT, Post.parent_id.is_(None), Post.author_id == author_id)
