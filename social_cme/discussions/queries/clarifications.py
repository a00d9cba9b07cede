"""Private words between mentors and an author under a pseudonym, as one of them reads them.

Rule: a mentor reads the own conversation, the author reads all of them; for everybody else there is nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.discussions.models import Clarification, Thread
from social_cme.discussions.queries.threads import read_thread
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext

MOST_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one mentor and the author said to each other, the oldest first."""

    mentor: User
    messages: Sequence[Clarification]


def access_private(ctx: RoomContext, thread_id: int) -> Thread:
    """Return a thread under a pseudonym for its author and the room's mentors; raise ``NotFound`` for everybody else."""
    thread = read_thread(ctx, thread_id)
    if not thread.pseudonym or not (ctx.is_mentor or thread.author_id == ctx.actor_id):
        raise NotFound
    return thread


def list_conversations(ctx: RoomContext, thread: Thread) -> list[Conversation]:
    """Return the conversations that the reader may read, by mentor; the caller has access to *thread* in private."""
    statement = (
        select(Clarification)
        .options(joinedload(Clarification.mentor))
        .where(Clarification.thread_id == thread.id)
        .order_by(Clarification.mentor_id, Clarification.id)
    )
    if thread.author_id != ctx.actor_id:
        statement = statement.where(Clarification.mentor_id == ctx.actor_id)
    found: dict[int, list[Clarification]] = {}
    for row in db.session.scalars(statement):
        found.setdefault(row.mentor_id, []).append(row)
    return [Conversation(rows[0].mentor, rows) for rows in found.values()]


def count_private(ctx: RoomContext, thread: Thread) -> int | None:
    """Return how many private messages the reader may read in a thread, ``None`` for whoever has no part in them."""
    if not thread.pseudonym or not (ctx.is_mentor or thread.author_id == ctx.actor_id) or ctx.actor is None:
        return None
    statement = select(func.count(Clarification.id)).where(Clarification.thread_id == thread.id)
    if thread.author_id != ctx.actor_id:
        statement = statement.where(Clarification.mentor_id == ctx.actor_id)
    return db.session.scalar(statement) or 0


def count_in_conversation(thread_id: int, mentor_id: int) -> int:
    """Return how many messages a mentor and the author exchanged about a thread."""
    here = (Clarification.thread_id == thread_id, Clarification.mentor_id == mentor_id)
    return db.session.scalar(select(func.count(Clarification.id)).where(*here)) or 0
