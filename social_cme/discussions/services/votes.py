"""Votes: one per person and target, the score always the sum of the rows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from social_cme.core.errors import Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import VoteTarget
from social_cme.discussions.events import VoteCast
from social_cme.discussions.models import Post, Thread, Vote
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class VoteResult:
    """Where a target stands after a vote."""

    thread_id: int
    post_id: int | None
    value: int
    score: int


def cast_vote(ctx: RoomContext, *, target: str, target_id: int, value: int, client_id: str | None = None) -> VoteResult:
    """Set one's vote on a thread or post to 1 or -1, or to 0 to take it back; the same value again changes nothing.

    The row that is voted on is locked first, so votes on it follow one another and the score stays exact.
    """
    if value not in {-1, 0, 1} or isinstance(value, bool):
        raise Invalid(fields={"value": ["A vote is 1, 0 or -1."]})
    with transaction() as tx:
        thread, post = _reach(ctx, target, target_id)
        require(policies.can_vote(ctx, thread, post))
        user_id = ctx.user.id
        scored: Thread | Post = post if post is not None else thread
        claim = tx.claim(user_id, client_id, "vote.cast")
        if claim.object_id is not None:
            # A message that arrives again must not undo a vote that was changed since.
            now = _find(tx, user_id, target, target_id)
            return _result(thread, post, value=now.value if now is not None else 0, score=scored.score)
        vote = _find(tx, user_id, target, target_id)
        change = value - (vote.value if vote is not None else 0)
        if change:
            first = vote is None
            if vote is None:
                vote = Vote(user_id=user_id, target=str(target), target_id=target_id, value=value)
                tx.session.add(vote)
            vote.value = value
            tx.session.flush()
            _add_to_score(tx, scored, change)
            tx.record(
                VoteCast(
                    actor_id=user_id,
                    room_id=ctx.room_id,
                    thread_id=thread.id,
                    post_id=post.id if post is not None else None,
                    value=value,
                    first=first,
                )
            )
        if vote is not None:
            claim.settle(vote.id)
        return _result(thread, post, value=value, score=scored.score)


def _reach(ctx: RoomContext, target: str, target_id: int) -> tuple[Thread, Post | None]:
    if target == VoteTarget.THREAD:
        return access_thread(ctx, target_id, lock=True), None
    if target == VoteTarget.POST:
        return access_post(ctx, target_id, lock=True)
    raise NotFound


def _find(tx: Transaction, user_id: int, target: str, target_id: int) -> Vote | None:
    return tx.session.scalar(select(Vote).filter_by(user_id=user_id, target=str(target), target_id=target_id))


def _add_to_score(tx: Transaction, scored: Thread | Post, change: int) -> None:
    kind = type(scored)
    tx.session.execute(
        update(kind)
        .where(kind.id == scored.id)
        .values(score=kind.score + change)
        .execution_options(synchronize_session=False)
    )
    tx.session.refresh(scored, ["score"])


def _result(thread: Thread, post: Post | None, *, value: int, score: int) -> VoteResult:
    return VoteResult(thread_id=thread.id, post_id=post.id if post is not None else None, value=value, score=score)
