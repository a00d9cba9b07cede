"""The question queue as its mentors steer it: take up, answer, put off, merge, skip, hide, put back.

Rule: at most one question is being answered, and why one was skipped or hidden can be read by everybody.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import UNSEEN, AnswerKind, QuestionState, SessionState
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.policies import can_hide, can_lead
from social_cme.live.queries.board import access_question, find_most_wanted, list_merged
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.queries.voting import count_supporters
from social_cme.live.services.texts import optional_text, required_line
from social_cme.persistence.transaction import Claim, Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown

_WAITING = {QuestionState.OPEN, QuestionState.ANSWERING}
_SETTLED = {QuestionState.SKIPPED, QuestionState.ANSWERED, QuestionState.LATER}


def mark_answering(
    ctx: RoomContext, session_id: int, question_id: int, *, client_id: str | None = None
) -> LiveQuestion:
    """Take a question up: it becomes the current one, and the one before goes back to the queue."""
    with transaction() as tx:
        session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.answering")
        if claim.object_id is not None:
            return question
        _require_running(session)
        if question.state == QuestionState.ANSWERING:
            return question
        if question.state not in {QuestionState.OPEN, *_SETTLED}:
            raise Conflict("This question was merged or hidden. Put it back into the queue first.")
        _release_current(tx, ctx, session)
        question.answering_at = clock.now()
        session.current_question_id = question.id
        _change(tx, ctx, question, QuestionState.ANSWERING)
        claim.settle(question.id)
    return question


def answer(
    ctx: RoomContext,
    session_id: int,
    question_id: int,
    *,
    text: str = "",
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> LiveQuestion:
    """Mark a question as answered; *text* is the answer in Markdown, empty when it was given aloud.

    Answering again replaces the text; an empty one keeps what was written before.
    """
    body = optional_text(text, field="text", limit=rules.MAX_ANSWER, name="an answer")
    with transaction() as tx:
        session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.answer")
        if claim.object_id is not None:
            return question
        _require_running(session)
        if question.state not in {*_WAITING, *_SETTLED}:
            raise Conflict("This question was merged or hidden. Put it back into the queue first.")
        if body:
            check_before_publishing(
                tx,
                ctx,
                kind=ObjectKind.LIVE_ANSWER,
                parts={"text": body},
                attested=attested,
                earlier={"text": question.answer_md},
                place_id=session.id,
            ).note(question.id)
            question.answer_md, question.answer_html = body, render_markdown(body)
        question.answered_by_id = ctx.user.id
        question.answered_at = clock.now()
        question.answer_kind = AnswerKind.WRITING if question.answer_md else AnswerKind.LIVE
        question.due_at = None
        _forget_current(session, question)
        _change(tx, ctx, question, QuestionState.ANSWERED)
        claim.settle(question.id)
    return question


def answer_later(
    ctx: RoomContext, session_id: int, question_id: int, *, days: int = 7, client_id: str | None = None
) -> LiveQuestion:
    """Promise to answer a question in writing within some days; it leaves the queue and still becomes a thread."""
    if not 1 <= days <= rules.MAX_LATER_DAYS:
        raise Invalid(fields={"days": [f"Choose 1 to {rules.MAX_LATER_DAYS} days."]})
    with transaction() as tx:
        session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.later")
        if claim.object_id is not None:
            return question
        if question.state not in {*_WAITING, QuestionState.SKIPPED, QuestionState.LATER}:
            raise Conflict("Only a waiting question can be put off.")
        _forget_current(session, question)
        question.state_reason = ""
        question.answer_kind = AnswerKind.LATER
        question.due_at = clock.now() + timedelta(days=days)
        _change(tx, ctx, question, QuestionState.LATER)
        claim.settle(question.id)
    return question


def take_next(ctx: RoomContext, session_id: int, *, client_id: str | None = None) -> LiveQuestion | None:
    """Mark the current question as answered and take the most wanted one up; ``None`` when none is waiting."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "question.next")
        if claim.object_id is not None:
            return access_question(session, claim.object_id)
        _require_running(session)
        if session.current_question_id is not None:
            answer(ctx, session.id, session.current_question_id)
        wanted = find_most_wanted(session.id)
        if wanted is None:
            return None
        mark_answering(ctx, session.id, wanted.id)
        claim.settle(wanted.id)
    return wanted


def merge(
    ctx: RoomContext, session_id: int, question_id: int, *, into_id: int, client_id: str | None = None
) -> LiveQuestion:
    """Merge a question into another that asks the same: every supporter counts once there, each asker stays named."""
    with transaction() as tx:
        session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.merge")
        if claim.object_id is not None:
            return question
        target = access_question(session, into_id)
        if target.id == question.id:
            raise Invalid("Choose another question to merge into.", fields={"into_id": ["Choose another question."]})
        if question.state not in _WAITING or target.state not in {*_WAITING, QuestionState.ANSWERED}:
            raise Conflict("Only a waiting question can be merged, and only into one that is waiting or answered.")
        _forget_current(session, question)
        for child in list_merged(question.id):
            child.merged_into_id = target.id
            _tell(tx, ctx.user.id, child, child.state)
        question.merged_into_id = target.id
        tx.session.flush()
        target.score = count_supporters(target)
        question.score = count_supporters(question)
        _change(tx, ctx, question, QuestionState.MERGED)
        claim.settle(question.id)
    return question


def skip(
    ctx: RoomContext, session_id: int, question_id: int, *, reason: str, client_id: str | None = None
) -> LiveQuestion:
    """Leave a question out; everybody can read why. It still becomes a thread."""
    text = required_line(reason, field="reason", limit=rules.MAX_REASON, name="a reason")
    with transaction() as tx:
        session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.skip")
        if claim.object_id is not None:
            return question
        if question.state not in {*_WAITING, QuestionState.SKIPPED, QuestionState.LATER}:
            raise Conflict("Only a waiting question can be skipped.")
        _forget_current(session, question)
        question.answer_kind, question.due_at = "", None
        question.state_reason = text
        _change(tx, ctx, question, QuestionState.SKIPPED)
        claim.settle(question.id)
    return question


def hide_question(
    ctx: RoomContext, session_id: int, question_id: int, *, reason: str, client_id: str | None = None
) -> LiveQuestion:
    """Take the words of a question off the screen, as when a patient could be recognized; the reason stays readable."""
    text = required_line(reason, field="reason", limit=rules.MAX_REASON, name="a reason")
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_hide(ctx))
        claim = tx.claim(ctx.user.id, client_id, "question.hide")
        question = access_question(session, question_id)
        if claim.object_id is not None or question.state == QuestionState.HIDDEN:
            return question
        if question.state in UNSEEN:
            raise Conflict("This question is not shown yet. Decline it instead.")
        if session.state == SessionState.ENDED:
            raise Conflict("This session has ended. Hide the question's thread instead.")
        _forget_current(session, question)
        _leave_family(tx, ctx, question)
        for child in list_merged(question.id):
            _leave_family(tx, ctx, child)
            _change(tx, ctx, child, QuestionState.OPEN)
        question.state_reason = text
        _change(tx, ctx, question, QuestionState.HIDDEN)
        claim.settle(question.id)
    return question


def reopen(ctx: RoomContext, session_id: int, question_id: int, *, client_id: str | None = None) -> LiveQuestion:
    """Put a question back into the queue; one that was merged takes its own votes along."""
    with transaction() as tx:
        session, question, claim = steer(tx, ctx, session_id, question_id, client_id, "question.reopen")
        if claim.object_id is not None or question.state == QuestionState.OPEN:
            return question
        if question.state in UNSEEN:
            raise Conflict("This question is not shown yet. Approve it instead.")
        if question.state == QuestionState.HIDDEN:
            require(can_hide(ctx))
        if not question.answer_md:
            question.answer_kind = ""
        question.due_at = None
        _forget_current(session, question)
        _leave_family(tx, ctx, question)
        question.state_reason = ""
        _change(tx, ctx, question, QuestionState.OPEN)
        claim.settle(question.id)
    return question


def steer(
    tx: Transaction, ctx: RoomContext, session_id: int, question_id: int, client_id: str | None, scope: str
) -> tuple[LiveSession, LiveQuestion, Claim]:
    """Open a question for who leads its session, until that is over; joins the caller's transaction."""
    session = access_session(ctx, session_id, lock=True)
    require(can_lead(ctx, mentor_ids(session.id)))
    question = access_question(session, question_id)
    if session.state not in {SessionState.SCHEDULED, SessionState.LIVE}:
        raise Conflict("This session is over; its questions continue as threads of the room.")
    return session, question, tx.claim(ctx.user.id, client_id, scope)


def _require_running(session: LiveSession) -> None:
    if session.state != SessionState.LIVE:
        raise Conflict("Questions are answered once the session has started.")


def _release_current(tx: Transaction, ctx: RoomContext, session: LiveSession) -> None:
    if session.current_question_id is None:
        return
    current = access_question(session, session.current_question_id)
    session.current_question_id = None
    if current.state == QuestionState.ANSWERING:
        _change(tx, ctx, current, QuestionState.OPEN)


def _forget_current(session: LiveSession, question: LiveQuestion) -> None:
    if session.current_question_id == question.id:
        session.current_question_id = None


def _leave_family(tx: Transaction, ctx: RoomContext, question: LiveQuestion) -> None:
    """Undo a merge, with the scores of both sides."""
    if question.merged_into_id is None:
        return
    target_id, question.merged_into_id = question.merged_into_id, None
    tx.session.flush()
    target = tx.session.get(LiveQuestion, target_id)
    if target is not None:
        target.score = count_supporters(target)
        _tell(tx, ctx.user.id, target, target.state)
    question.score = count_supporters(question)


def _change(tx: Transaction, ctx: RoomContext, question: LiveQuestion, state: QuestionState) -> None:
    question.state = state
    _tell(tx, ctx.user.id, question, state)


def _tell(tx: Transaction, actor_id: int, question: LiveQuestion, state: str) -> None:
    tx.record(
        events.QuestionStateChanged(
            actor_id=actor_id,
            room_id=question.room_id,
            session_id=question.session_id,
            question_id=question.id,
            state=state,
        )
    )
