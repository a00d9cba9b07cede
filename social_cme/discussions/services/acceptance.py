"""Accepting answers: the author of a thread marks those that helped, as many as there are."""

from __future__ import annotations

from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.events import AnswerAccepted, AnswerUnaccepted
from social_cme.discussions.models import Post
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.services.counting import count_in_thread
from social_cme.persistence.transaction import transaction
from social_cme.rooms.policies import RoomContext


def accept_answer(ctx: RoomContext, *, post_id: int) -> Post:
    """Mark an answer as one that helped; the thread counts as answered. Doing it twice changes nothing."""
    return _set(ctx, post_id, accepted=True)


def unaccept_answer(ctx: RoomContext, *, post_id: int) -> Post:
    """Take the mark back; the thread is open again when no answer is accepted or endorsed any more."""
    return _set(ctx, post_id, accepted=False)


def _set(ctx: RoomContext, post_id: int, *, accepted: bool) -> Post:
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_accept(ctx, thread, post))
        if post.is_accepted == accepted:
            return post
        post.is_accepted = accepted
        tx.session.flush()
        count_in_thread(tx, thread, accepted=1 if accepted else -1)
        fact = AnswerAccepted if accepted else AnswerUnaccepted
        tx.record(
            fact(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                thread_id=thread.id,
                post_id=post.id,
                author_id=post.author_id,
            )
        )
        return post
