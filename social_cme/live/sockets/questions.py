"""Messages about questions: ask, vote, steer."""

from __future__ import annotations

from collections.abc import Callable
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
    @gateway.on("question.next", schemas.TakeNextQuestion)
    def take_next(actor: Any, message: schemas.TakeNextQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        taken = queue.take_next(ctx, message.session_id, client_id=message.client_id)
        return _question(taken) if taken is not None else {"question": None}

    for event, schema, service in _STEERING:
        gateway.on(event, schema)(_steered(service))


# What is done with one question; the fields of each message are what its service is told.
_STEERING: tuple[tuple[str, type[schemas.SessionCommand], Callable[..., Any]], ...] = (
    ("question.answering", schemas.TakeQuestionUp, queue.mark_answering),
    ("question.answer", schemas.AnswerQuestion, queue.answer),
    ("question.later", schemas.PutQuestionOff, queue.answer_later),
    ("question.merge", schemas.MergeQuestion, queue.merge),
    ("question.skip", schemas.SkipQuestion, queue.skip),
    ("question.hide", schemas.HideQuestion, queue.hide_question),
    ("question.reopen", schemas.ReopenQuestion, queue.reopen),
)


def _steered(service: Callable[..., Any]) -> Callable[[Any, Any], Answer]:
    def steer(actor: Any, message: Any) -> Answer:
        told = dict(message)
        session_id, question_id = told.pop("session_id"), told.pop("question_id")
        return _question(service(enter_session(actor, session_id), session_id, question_id, **told))

    return steer


def _question(question: Any) -> Answer:
    return _shown(questions_by_id([question.id])[question.id])


def _shown(question: Any) -> Answer:
    return {"question": schemas.QuestionOut.of(question).model_dump(mode="json")}
