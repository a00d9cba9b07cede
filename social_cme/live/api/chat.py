"""The chat."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.queries import board, sessions
from social_cme.live.queries.reactions import my_reactions
from social_cme.live.services import chat, reactions
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import PageQuery, endpoint

MESSAGE = f"{SESSION}/chat/<id:message_id>"


@endpoint(bp, f"{SESSION}/chat", "GET", result=schemas.ChatPage, query=PageQuery, public=True)
def list_chat(slug: str, session_id: int, query: PageQuery) -> schemas.ChatPage:
    """List the chat backwards."""
    ctx = read_room(current_actor(), slug)
    page = board.list_chat(sessions.access_session(ctx, session_id), cursor=query.cursor, limit=query.limit)
    mine = my_reactions(ctx.actor_id, [one.id for one in page.items])
    return schemas.ChatPage(
        items=[schemas.ChatOut.of(one) for one in page.items],
        my_reactions=schemas.MyReaction.all_of(mine),
        next_cursor=page.next_cursor,
    )


@endpoint(
    bp, f"{SESSION}/chat", "POST", result=schemas.ChatOut, body=schemas.ChatBody, status=201, scope=WRITE, errors=(422,)
)
def post_chat(slug: str, session_id: int, body: schemas.ChatBody) -> schemas.ChatOut:
    """Write in the chat; 429 with ``Retry-After`` in slow mode."""
    ctx = read_room(current_actor(), slug)
    return _chat(
        chat.post_message(
            ctx,
            session_id,
            body=body.body,
            reply_to_id=body.reply_to_id,
            attested=body.attested,
            client_id=body.client_id,
        )
    )


@endpoint(
    bp,
    f"{MESSAGE}/hide",
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


@endpoint(
    bp,
    f"{MESSAGE}/reactions",
    "POST",
    result=schemas.ChatOut,
    body=schemas.ReactionBody,
    scope=WRITE,
    errors=(422,),
)
def react_to_chat(slug: str, session_id: int, message_id: int, body: schemas.ReactionBody) -> schemas.ChatOut:
    """React to a line; twice is once."""
    ctx = read_room(current_actor(), slug)
    return _chat(reactions.react(ctx, session_id, message_id, kind=body.kind, client_id=body.client_id))


@endpoint(
    bp, f"{MESSAGE}/reactions/<string(maxlength=20):kind>", "DELETE", result=schemas.ChatOut, scope=WRITE, errors=(422,)
)
def take_reaction_back(slug: str, session_id: int, message_id: int, kind: str) -> schemas.ChatOut:
    """Take a reaction back."""
    ctx = read_room(current_actor(), slug)
    return _chat(reactions.react(ctx, session_id, message_id, kind=kind, on=False))


@endpoint(bp, f"{MESSAGE}/pin", "PUT", result=schemas.ChatOut, scope=WRITE)
def pin_chat(slug: str, session_id: int, message_id: int) -> schemas.ChatOut:
    """Pin a line to the top of the chat, in place of the one before."""
    return _chat(chat.pin_message(read_room(current_actor(), slug), session_id, message_id))


@endpoint(bp, f"{MESSAGE}/pin", "DELETE", result=schemas.ChatOut, scope=WRITE)
def unpin_chat(slug: str, session_id: int, message_id: int) -> schemas.ChatOut:
    """Take a line off the top of the chat."""
    return _chat(chat.pin_message(read_room(current_actor(), slug), session_id, message_id, pinned=False))


def _chat(message: Any) -> schemas.ChatOut:
    return schemas.ChatOut.of(board.messages_by_id([message.id])[message.id])
