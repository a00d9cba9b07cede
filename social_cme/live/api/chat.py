"""The chat."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.queries import board, sessions
from social_cme.live.services import chat
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import PageQuery, endpoint


@endpoint(bp, f"{SESSION}/chat", "GET", result=schemas.ChatPage, query=PageQuery, public=True)
def list_chat(slug: str, session_id: int, query: PageQuery) -> schemas.ChatPage:
    """List the chat backwards."""
    session = sessions.access_session(read_room(current_actor(), slug), session_id)
    page = board.list_chat(session, cursor=query.cursor, limit=query.limit)
    return schemas.ChatPage(items=[schemas.ChatOut.of(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(
    bp, f"{SESSION}/chat", "POST", result=schemas.ChatOut, body=schemas.ChatBody, status=201, scope=WRITE, errors=(422,)
)
def post_chat(slug: str, session_id: int, body: schemas.ChatBody) -> schemas.ChatOut:
    """Write in the chat."""
    ctx = read_room(current_actor(), slug)
    return _chat(chat.post_message(ctx, session_id, body=body.body, attested=body.attested, client_id=body.client_id))


@endpoint(
    bp,
    f"{SESSION}/chat/<id:message_id>/hide",
    "POST",
    result=schemas.ChatOut,
    body=schemas.ReasonBody,
    scope=WRITE,
    errors=(422,),
)
def hide_chat(slug: str, session_id: int, message_id: int, body: schemas.ReasonBody) -> schemas.ChatOut:
    """Take a line of the chat off the screen."""
    ctx = read_room(current_actor(), slug)
    return _chat(chat.hide_message(ctx, session_id, message_id, reason=body.reason, client_id=body.client_id))


def _chat(message: Any) -> schemas.ChatOut:
    return schemas.ChatOut.of(board.messages_by_id([message.id])[message.id])
