"""How far somebody has read; written when a page with something new was shown."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from social_cme.core import clock
from social_cme.discussions.models import ReadMark
from social_cme.discussions.queries.threads import access_thread
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def mark_read(ctx: RoomContext, *, thread_id: int, up_to: int) -> None:
    """Note that nothing up to the post *up_to* is new to the reader any more; a mark never moves back.

    Does nothing for somebody who is not logged in.
    """
    if ctx.actor_id is None:
        return
    with transaction() as tx:
        thread = access_thread(ctx, thread_id)
        advance_mark(tx, user_id=ctx.user.id, thread_id=thread_id, up_to=min(up_to, thread.last_post_id))


def note_own_post(tx: Transaction, *, user_id: int, thread_id: int, before: int, post_id: int) -> None:
    """Take one's own post as read, unless something of others before it (up to *before*) is still unread."""
    mark = tx.session.scalar(select(ReadMark.last_post_id).filter_by(user_id=user_id, thread_id=thread_id))
    if mark is None or mark >= before:
        advance_mark(tx, user_id=user_id, thread_id=thread_id, up_to=post_id)


def advance_mark(tx: Transaction, *, user_id: int, thread_id: int, up_to: int) -> None:
    """Move a mark forward, or set the first one; joins the caller's transaction."""
    here = (ReadMark.user_id == user_id, ReadMark.thread_id == thread_id)
    values = {"last_post_id": up_to, "read_at": clock.now()}
    forward = update(ReadMark).where(*here, ReadMark.last_post_id < up_to).values(values)
    forward = forward.execution_options(synchronize_session=False)
    if tx.session.execute(forward).rowcount or tx.session.scalar(select(ReadMark.id).where(*here)) is not None:  # type: ignore[attr-defined]
        return
    try:
        with tx.savepoint():
            tx.add(ReadMark(user_id=user_id, thread_id=thread_id, **values))
    except IntegrityError:
        # Two windows opened the thread at once; the one that came second moves the mark.
        tx.session.execute(forward)
