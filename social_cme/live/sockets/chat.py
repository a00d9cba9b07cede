"""Messages of the chat."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.board import messages_by_id
from social_cme.live.queries.sessions import enter_session
from social_cme.live.services import chat, reactions
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages of the chat."""

    @gateway.on("chat.post", schemas.PostChat)
    def post(actor: Any, message: schemas.PostChat) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _chat(
            chat.post_message(
                ctx,
                message.session_id,
                body=message.body,
                reply_to_id=message.reply_to_id,
                attested=message.attested,
                client_id=message.client_id,
            )
        )

    @gateway.on("chat.react", schemas.ReactToChat)
    def react(actor: Any, message: schemas.ReactToChat) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _chat(
            reactions.react(
                ctx,
                message.session_id,
                message.message_id,
                kind=message.kind,
                on=message.on,
                client_id=message.client_id,
            )
        )

    @gateway.on("chat.pin", schemas.PinChat)
    def pin(actor: Any, message: schemas.PinChat) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _chat(
            chat.pin_message(
                ctx, message.session_id, message.message_id, pinned=message.pinned, client_id=message.client_id
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


def _chat(message: Any) -> Answer:
    shown = schemas.ChatOut.of(messages_by_id([message.id])[message.id])
    return {"chat": shown.model_dump(mode="json")}
