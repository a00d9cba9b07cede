"""Messages of who leads: approve, decline, move and label questions, change how the queue and the chat are run."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.board import questions_by_id
from social_cme.live.queries.sessions import enter_session
from social_cme.live.services import approval, options, ordering
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages of who leads."""
    _register_approval(gateway)
    _register_order(gateway)

    @gateway.on("options.change", schemas.ChangeOptions)
    def change(actor: Any, message: schemas.ChangeOptions) -> Answer:
        ctx = enter_session(actor, message.session_id)
        wanted = options.OptionsChange(**message.model_dump(exclude={"client_id", "session_id"}))
        found = options.change_options(ctx, message.session_id, change=wanted, client_id=message.client_id)
        return {"options": schemas.OptionsOut.of(found).model_dump(mode="json")}


def _register_approval(gateway: Gateway) -> None:
    @gateway.on("question.approve", schemas.ApproveQuestion)
    def approve(actor: Any, message: schemas.ApproveQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(approval.approve(ctx, message.session_id, message.question_id, client_id=message.client_id))

    @gateway.on("question.decline", schemas.DeclineQuestion)
    def decline(actor: Any, message: schemas.DeclineQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            approval.decline(
                ctx, message.session_id, message.question_id, reason=message.reason, client_id=message.client_id
            )
        )


def _register_order(gateway: Gateway) -> None:
    @gateway.on("question.move", schemas.MoveQuestion)
    def move(actor: Any, message: schemas.MoveQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            ordering.move_question(
                ctx, message.session_id, message.question_id, to=message.to, client_id=message.client_id
            )
        )

    @gateway.on("question.label", schemas.LabelQuestion)
    def label(actor: Any, message: schemas.LabelQuestion) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _question(
            ordering.label_question(
                ctx, message.session_id, message.question_id, labels=message.labels, client_id=message.client_id
            )
        )


def _question(question: Any) -> Answer:
    shown = schemas.QuestionOut.of(questions_by_id([question.id])[question.id])
    return {"question": shown.model_dump(mode="json")}
