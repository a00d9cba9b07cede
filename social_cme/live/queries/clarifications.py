"""Private words between who leads a session and authors who are not named, as one of them reads them.

Rule: a mentor reads the own conversations, an author those about the own questions; for everybody else there is nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.models import LiveClarification, LiveQuestion, LiveSession
from social_cme.live.queries.board import access_question
from social_cme.rooms.policies import RoomContext

MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one mentor and the author of one question said to each other, the oldest first."""

    question: LiveQuestion
    mentor: User
    messages: Sequence[LiveClarification]
    is_mine: bool


def access_private(ctx: RoomContext, session: LiveSession, question_id: int, *, leads: bool) -> LiveQuestion:
    """Return a question for its author and for who leads; raise ``NotFound`` for everybody else."""
    question = access_question(session, question_id)
    if ctx.actor is None or not (leads or question.author_id == ctx.actor_id):
        raise NotFound
    return question


def list_conversations(ctx: RoomContext, session: LiveSession) -> list[Conversation]:
    """Return the conversations of a session in which the reader has a part, by question and mentor."""
    mine = or_(LiveQuestion.author_id == ctx.actor_id, LiveClarification.mentor_id == ctx.actor_id)
    statement = (
        select(LiveClarification)
        .join(LiveQuestion, LiveQuestion.id == LiveClarification.question_id)
        .options(
            joinedload(LiveClarification.mentor),
            joinedload(LiveClarification.question).joinedload(LiveQuestion.account_behind),
        )
        .where(LiveQuestion.session_id == session.id, mine)
        .order_by(LiveClarification.question_id, LiveClarification.mentor_id, LiveClarification.id)
        .limit(MOST_SHOWN)
    )
    found: dict[tuple[int, int], list[LiveClarification]] = {}
    for row in db.session.scalars(statement):
        found.setdefault((row.question_id, row.mentor_id), []).append(row)
    return [
        Conversation(rows[0].question, rows[0].mentor, rows, rows[0].question.author_id == ctx.actor_id)
        for rows in found.values()
    ]


def count_private(actor_id: int | None, session_id: int) -> int:
    """Return how many private messages of a session the reader may read."""
    if actor_id is None:
        return 0
    statement = (
        select(func.count(LiveClarification.id))
        .join(LiveQuestion, LiveQuestion.id == LiveClarification.question_id)
        .where(
            LiveQuestion.session_id == session_id,
            or_(LiveQuestion.author_id == actor_id, LiveClarification.mentor_id == actor_id),
        )
    )
    return db.session.scalar(statement) or 0


def count_in_conversation(question_id: int, mentor_id: int) -> int:
    """Return how many messages a mentor and the author exchanged about a question."""
    here = (LiveClarification.question_id == question_id, LiveClarification.mentor_id == mentor_id)
    return db.session.scalar(select(func.count(LiveClarification.id)).where(*here)) or 0
