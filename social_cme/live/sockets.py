"""What people send over the socket in a live session.

Rule: every message opens the room of its session again; what has changed since the connection was made counts.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.board import messages_by_id, questions_by_id
from social_cme.live.queries.sessions import enter_session, list_mentors
from social_cme.live.services import attendance, chat, leading, questions, queue
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages of live sessions to *gateway*."""
    _register_room(gateway)
    _register_questions(gateway)
    _register_queue(gateway)


def _register_room(gateway: Gateway) -> None:
    @gateway.on("session.heartbeat", schemas.Heartbeat)
    def heartbeat(actor: Any, message: schemas.Heartbeat) -> Answer:
        return asdict(attendance.heartbeat(enter_session(actor, message.session_id), message.session_id))

    @gateway.on("session.start", schemas.StartSession)
    def start(actor: Any, message: schemas.StartSession) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _session(leading.start_session(ctx, message.session_id))

    @gateway.on("session.extend", schemas.ExtendSession)
    def extend(actor: Any, message: schemas.ExtendSession) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _session(
            leading.extend_session(ctx, message.session_id, minutes=message.minutes, client_id=message.client_id)
        )

    @gateway.on("session.end", schemas.EndSession)
    def end(actor: Any, message: schemas.EndSession) -> Answer:
        return _session(leading.end_session(enter_session(actor, message.session_id), message.session_id))

    @gateway.on("chat.post", schemas.PostChat)
    def post(actor: Any, message: schemas.PostChat) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _chat(
            chat.post_message(
                ctx, message.session_id, body=message.body, attested=message.attested, client_id=message.client_id
            )
        )

    @gateway.on("chat.hide", schemas.HideChat)
    def hide(actor: Any, message: schemas.HideChat) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _chat(
            chat.hide_message(
                ctx, message.session_id, message.message_id, reason=message.reason, client_id=message.client_id
            )
        )


def _register_questions(gateway: Gateway) -> None:
    @gateway.on("question.ask", schemas.AskQuestion)
    def ask(actor: Any, message: schemas.AskQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            questions.ask(
                ctx, message.session_id, body=message.body, attested=message.attested, client_id=message.client_id
            )
        )

    @gateway.on("question.vote", schemas.VoteQuestion)
    def vote(actor: Any, message: schemas.VoteQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(questions.vote(ctx, message.session_id, message.question_id, client_id=message.client_id))

    @gateway.on("question.unvote", schemas.UnvoteQuestion)
    def unvote(actor: Any, message: schemas.UnvoteQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(questions.unvote(ctx, message.session_id, message.question_id, client_id=message.client_id))


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


def _session(session: Any) -> Answer:
    shown = schemas.SessionOut.of(session, list_mentors([session.id])[session.id])
    return {"session": shown.model_dump(mode="json")}


def _question(question: Any) -> Answer:
    shown = schemas.QuestionOut.of(questions_by_id([question.id])[question.id])
    return {"question": shown.model_dump(mode="json")}


def _chat(message: Any) -> Answer:
    shown = schemas.ChatOut.of(messages_by_id([message.id])[message.id])
    return {"chat": shown.model_dump(mode="json")}
