"""Who leads puts the waiting questions into another order, and says what they are about.

Rule: a place that was given by hand wins over the votes, until it is given back to them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from social_cme.core.errors import Conflict, Invalid
from social_cme.live import events, rules
from social_cme.live.enums import UNSEEN, Move, QuestionState
from social_cme.live.models import LiveQuestion
from social_cme.live.queries.board import list_waiting
from social_cme.live.queries.options import find_options
from social_cme.live.services.queue import steer
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def move_question(
    ctx: RoomContext, session_id: int, question_id: int, *, to: str, client_id: str | None = None
) -> LiveQuestion:
    """Move a waiting question to the top, up or down by one, or back to where its votes put it."""
    if to not in list(Move):
        raise Invalid(fields={"to": ["Choose top, up, down or votes."]})
    with transaction() as tx:
        session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.move")
        if claim.object_id is not None:
            return question
        if question.state != QuestionState.OPEN:
            raise Conflict("Only a waiting question can be moved.")
        waiting = list_waiting(session.id)
        before = [one.id for one in waiting if one.rank is not None]
        after = rules.moved([one.id for one in waiting], len(before), question.id, Move(to))
        if after != before:
            _place(tx, session.id, after)
            tx.record(
                events.QuestionMoved(
                    actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, question_id=question.id
                )
            )
        claim.settle(question.id)
    return question


def label_question(
    ctx: RoomContext, session_id: int, question_id: int, *, labels: Sequence[str], client_id: str | None = None
) -> LiveQuestion:
    """Put up to three labels of the session's list on a question; none takes them off."""
    with transaction() as tx:
        session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.label")
        if claim.object_id is not None:
            return question
        if question.state in UNSEEN:
            raise Conflict("This question is not shown yet. Approve it first.")
        known = find_options(session.id).labels
        chosen = [one for one in known if one in set(labels)]
        if len(chosen) != len(set(labels)):
            raise Invalid(fields={"labels": ["Choose from the labels of this session."]})
        if len(chosen) > rules.MAX_LABELS_EACH:
            raise Invalid(fields={"labels": [f"A question can have at most {rules.MAX_LABELS_EACH} labels."]})
        if chosen != list(question.labels):
            question.labels = chosen
            tx.record(
                events.QuestionLabelled(
                    actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, question_id=question.id
                )
            )
        claim.settle(question.id)
    return question


def _place(tx: Transaction, session_id: int, order: Sequence[int]) -> None:
    """Give the questions of *order* their places, and take those of all others back."""
    placed = (LiveQuestion.session_id == session_id, LiveQuestion.rank.is_not(None))
    tx.session.execute(update(LiveQuestion).where(*placed).values(rank=None))
    rows = {one.id: one for one in list_waiting(session_id)}
    for place, question_id in enumerate(order, start=1):
        rows[question_id].rank = place
    tx.session.flush()
