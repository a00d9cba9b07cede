"""The chat of a running session. Rule: plain text; a hidden line keeps its place and loses its words for everybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from social_cme.core import clock
from social_cme.core.errors import Conflict, RateLimited
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.models import ChatMention, ChatMessage, LiveSession
from social_cme.live.policies import can_chat, can_hide, can_lead
from social_cme.live.queries.board import access_message
from social_cme.live.queries.options import find_options
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services.joining import decide_to_join
from social_cme.live.services.naming import with_plain_names
from social_cme.live.services.options import row_of
from social_cme.live.services.texts import required_line, required_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext


def post_message(
    ctx: RoomContext,
    session_id: int,
    *,
    body: str,
    reply_to_id: int | None = None,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> ChatMessage:
    """Write a line of 1 to 1,000 characters, also as a reply to another; members who are named in it hear of it.

    Raises ``RateLimited`` in slow mode, where everybody but who leads waits between two lines.
    """
    text = required_text(body, field="body", limit=rules.MAX_CHAT, name="a message")
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(decide_to_join(ctx, session))
        claim = tx.claim(ctx.user.id, client_id, "chat.post")
        if claim.object_id is not None:
            return access_message(session, claim.object_id)
        require(can_chat(session))
        _require_pace(tx, ctx, session)
        if reply_to_id is not None and access_message(session, reply_to_id).hidden_at is not None:
            raise Conflict("The message that you answer was hidden. Your words are still in the field.")
        text, named = with_plain_names(ctx.room_id, text) if "@" in text else (text, [])
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.CHAT, parts={"body": text}, attested=attested, place_id=session.id
        )
        message = ChatMessage(
            session_id=session.id, room_id=ctx.room_id, author_id=ctx.user.id, body=text, reply_to_id=reply_to_id
        )
        tx.add(message)
        tx.record(
            events.ChatPosted(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, message_id=message.id)
        )
        _mention(tx, message, [one for one in named if one != ctx.user.id])
        checked.note(message.id)
        claim.settle(message.id)
    return message


def hide_message(
    ctx: RoomContext, session_id: int, message_id: int, *, reason: str = "", client_id: str | None = None
) -> ChatMessage:
    """Hide a line, also after the session; hiding it again changes nothing. One that was pinned is so no more."""
    text = required_line(reason or "not fit for this chat", field="reason", limit=rules.MAX_REASON, name="a reason")
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_hide(ctx))
        message = access_message(session, message_id)
        claim = tx.claim(ctx.user.id, client_id, "chat.hide")
        if claim.object_id is not None or message.hidden_at is not None:
            return message
        message.hidden_at = clock.now()
        message.hidden_reason = text
        tx.record(
            events.ChatHidden(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, message_id=message.id)
        )
        if find_options(session.id).pinned_message_id == message.id:
            _pin(tx, ctx, session, None)
        claim.settle(message.id)
    return message


def pin_message(
    ctx: RoomContext, session_id: int, message_id: int, *, pinned: bool = True, client_id: str | None = None
) -> ChatMessage:
    """Pin a line to the top of the chat in place of the one before, or take it off there."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        message = access_message(session, message_id)
        claim = tx.claim(ctx.user.id, client_id, "chat.pin")
        if claim.object_id is not None:
            return message
        require(can_chat(session))
        if message.hidden_at is not None:
            raise Conflict("This message was hidden.")
        is_pinned = find_options(session.id).pinned_message_id == message.id
        if is_pinned != pinned:
            _pin(tx, ctx, session, message.id if pinned else None)
        claim.settle(message.id)
    return message


def _pin(tx: Transaction, ctx: RoomContext, session: LiveSession, message_id: int | None) -> None:
    row_of(tx, session).pinned_message_id = message_id
    tx.record(
        events.ChatPinned(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, message_id=message_id)
    )


def _require_pace(tx: Transaction, ctx: RoomContext, session: LiveSession) -> None:
    pause = find_options(session.id).slow_seconds
    if pause == 0 or can_lead(ctx, mentor_ids(session.id)):
        return
    last = tx.session.scalar(
        select(ChatMessage.created_at)
        .where(ChatMessage.session_id == session.id, ChatMessage.author_id == ctx.user.id)
        .order_by(ChatMessage.id.desc())
        .limit(1)
    )
    left = rules.seconds_to_wait(last, pause, clock.now())
    if left:
        seconds = "1 second" if left == 1 else f"{left} seconds"
        raise RateLimited(
            f"Slow mode is on: one message every {pause} seconds. You can send this in {seconds}.", retry_after=left
        )


def _mention(tx: Transaction, message: ChatMessage, named: Sequence[int]) -> None:
    for user_id in named[: rules.MAX_NAMED]:
        tx.add(ChatMention(message_id=message.id, user_id=user_id))
        tx.record(
            events.ChatMentioned(
                actor_id=message.author_id,
                room_id=message.room_id,
                session_id=message.session_id,
                message_id=message.id,
                user_id=user_id,
            )
        )
