"""Questions that wait for approval: who leads lets them into the queue or declines them, with a reason for the author.

Rule: until then nobody sees them but their author and who leads, in no face and in no replay.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.core.errors import Conflict
from social_cme.live import events, rules
from social_cme.live.enums import UNSEEN, QuestionState
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.services.queue import steer
from social_cme.live.services.texts import required_line
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

TOO_LATE = "The session ended before this was looked at. You can ask it as a thread of the room."


def approve(ctx: RoomContext, session_id: int, question_id: int, *, client_id: str | None = None) -> LiveQuestion:
    """Let a question into the queue, also one that was declined; one that is shown already stays as it is."""
    with transaction() as tx:
        _session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.approve")
        if claim.object_id is not None or question.state not in UNSEEN:
            return question
        question.state_reason = ""
        _decide(tx, question, QuestionState.OPEN, actor_id=ctx.user.id)
        claim.settle(question.id)
    return question


def decline(
    ctx: RoomContext, session_id: int, question_id: int, *, reason: str, client_id: str | None = None
) -> LiveQuestion:
    """Keep a question out of the queue; its author reads why."""
    text = required_line(reason, field="reason", limit=rules.MAX_REASON, name="a reason")
    with transaction() as tx:
        _session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.decline")
        if claim.object_id is not None:
            return question
        if question.state not in UNSEEN:
            raise Conflict("This question is shown already. Skip or hide it instead.")
        question.state_reason = text
        _decide(tx, question, QuestionState.DECLINED, actor_id=ctx.user.id)
        claim.settle(question.id)
    return question


def note_waiting(tx: Transaction, question: LiveQuestion) -> None:
    """Tell who leads of a question that waits; called inside the transaction that asks it."""
    _tell_stage(tx, question, actor_id=question.author_id)


def decline_waiting(tx: Transaction, session: LiveSession, *, actor_id: int | None) -> None:
    """Decline what still waits when a session ends, so that no author is left without a word."""
    waiting = (LiveQuestion.session_id == session.id, LiveQuestion.state == QuestionState.PENDING)
    for question in tx.session.scalars(select(LiveQuestion).where(*waiting).order_by(LiveQuestion.id)).all():
        question.state_reason = TOO_LATE
        _decide(tx, question, QuestionState.DECLINED, actor_id=actor_id)


def _decide(tx: Transaction, question: LiveQuestion, state: QuestionState, *, actor_id: int | None) -> None:
    question.state = state
    tx.record(
        events.QuestionStateChanged(
            actor_id=actor_id,
            room_id=question.room_id,
            session_id=question.session_id,
            question_id=question.id,
            state=state,
        )
    )
    _tell_stage(tx, question, actor_id=actor_id)


def _tell_stage(tx: Transaction, question: LiveQuestion, *, actor_id: int | None) -> None:
    tx.record(
        events.QuestionStaged(
            actor_id=actor_id, room_id=question.room_id, session_id=question.session_id, question_id=question.id
        )
    )
