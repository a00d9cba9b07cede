"""Messages about questions: ask, vote, steer."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.board import questions_by_id
from social_cme.live.queries.sessions import enter_session
from social_cme.live.services import questions, queue
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages about questions."""
    _register_asking(gateway)
    _register_queue(gateway)


def _register_asking(gateway: Gateway) -> None:
    @gateway.on("question.ask", schemas.AskQuestion)
    def ask(actor: Any, message: schemas.AskQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            questions.ask(
                ctx,
                message.session_id,
                body=message.body,
                pseudonym=message.pseudonym,
                attested=message.attested,
                client_id=message.client_id,
            )
        )

    @gateway.on("question.vote", schemas.VoteQuestion, together=True)
    def vote(actor: Any, message: schemas.VoteQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _shown(questions.vote(ctx, message.session_id, message.question_id, client_id=message.client_id))

    @gateway.on("question.unvote", schemas.UnvoteQuestion, together=True)
    def unvote(actor: Any, message: schemas.UnvoteQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _shown(questions.unvote(ctx, message.session_id, message.question_id, client_id=message.client_id))


def _register_queue(gateway: Gateway) -> None:
    @gateway.on("question.answering", schemas.TakeQuestionUp)
    def answering(actor: Any, message: schemas.TakeQuestionUp) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            queue.mark_answering(ctx, message.session_id, message.question_id, client_id=message.client_id)
        )

    @gateway.on("question.next", schemas.TakeNextQuestion)
    def take_next(actor: Any, message: schemas.TakeNextQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        taken = queue.take_next(ctx, message.session_id, client_id=message.client_id)
        return _question(taken) if taken is not None else {"question": None}

    @gateway.on("question.answer", schemas.AnswerQuestion)
    def answer(actor: Any, message: schemas.AnswerQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            queue.answer(
                ctx,
                message.session_id,
                message.question_id,
                text=message.text,
                attested=message.attested,
                client_id=message.client_id,
            )
        )

    @gateway.on("question.later", schemas.PutQuestionOff)
    def later(actor: Any, message: schemas.PutQuestionOff) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            queue.answer_later(
                ctx, message.session_id, message.question_id, days=message.days, client_id=message.client_id
            )
        )

    @gateway.on("question.merge", schemas.MergeQuestion)
    def merge(actor: Any, message: schemas.MergeQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            queue.merge(
                ctx, message.session_id, message.question_id, into_id=message.into_id, client_id=message.client_id
            )
        )

    @gateway.on("question.skip", schemas.SkipQuestion)
    def skip(actor: Any, message: schemas.SkipQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            queue.skip(ctx, message.session_id, message.question_id, reason=message.reason, client_id=message.client_id)
        )

    @gateway.on("question.hide", schemas.HideQuestion)
    def hide(actor: Any, message: schemas.HideQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            queue.hide_question(
                ctx, message.session_id, message.question_id, reason=message.reason, client_id=message.client_id
            )
        )

    @gateway.on("question.reopen", schemas.ReopenQuestion)
    def reopen(actor: Any, message: schemas.ReopenQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(queue.reopen(ctx, message.session_id, message.question_id, client_id=message.client_id))


def _question(question: Any) -> Answer:
    return _shown(questions_by_id([question.id])[question.id])


def _shown(question: Any) -> Answer:
    return {"question": schemas.QuestionOut.of(question).model_dump(mode="json")}
