"""Following threads: whoever follows hears of new answers."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.models import Follow
from social_cme.discussions.queries.threads import access_thread
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def follow_thread(ctx: RoomContext, *, thread_id: int) -> None:
    """Hear of new answers in a thread; doing it twice changes nothing."""
    with transaction() as tx:
        access_thread(ctx, thread_id)
        require(policies.can_follow(ctx))
        begin_following(tx, user_id=ctx.user.id, thread_id=thread_id)


def unfollow_thread(ctx: RoomContext, *, thread_id: int) -> None:
    """Hear no more of a thread; always allowed to whoever can see it."""
    with transaction() as tx:
        access_thread(ctx, thread_id)
        require(policies.can_follow(ctx))
        tx.session.execute(delete(Follow).where(Follow.user_id == ctx.user.id, Follow.thread_id == thread_id))


def begin_following(tx: Transaction, *, user_id: int, thread_id: int) -> None:
    """Make somebody follow a thread, once; joins the caller's transaction."""
    found = select(Follow.id).where(Follow.user_id == user_id, Follow.thread_id == thread_id)
    if tx.session.scalar(found) is not None:
        return
    try:
        with tx.savepoint():
            tx.add(Follow(user_id=user_id, thread_id=thread_id))
    except IntegrityError:
        # The same person did it at the same moment elsewhere, which is what was wanted.
        return
