"""The chat of a running session. Rule: plain text; a hidden line keeps its place and loses its words for everybody."""

from __future__ import annotations

from collections.abc import Collection

from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.models import ChatMessage
from social_cme.live.policies import can_chat, can_hide
from social_cme.live.queries.board import access_message
from social_cme.live.queries.sessions import access_session
from social_cme.live.services.joining import decide_to_join
from social_cme.live.services.texts import required_line, required_text
from social_cme.persistence.transaction import transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext


def post_message(
    ctx: RoomContext, session_id: int, *, body: str, attested: Collection[str] = (), client_id: str | None = None
) -> ChatMessage:
    """Write a line of 1 to 1,000 characters."""
    text = required_text(body, field="body", limit=rules.MAX_CHAT, name="a message")
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(decide_to_join(ctx, session))
        claim = tx.claim(ctx.user.id, client_id, "chat.post")
        if claim.object_id is not None:
            return access_message(session, claim.object_id)
        require(can_chat(session))
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.CHAT, parts={"body": text}, attested=attested, place_id=session.id
        )
        message = ChatMessage(session_id=session.id, room_id=ctx.room_id, author_id=ctx.user.id, body=text)
        tx.add(message)
        tx.record(
            events.ChatPosted(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, message_id=message.id)
        )
        checked.note(message.id)
        claim.settle(message.id)
    return message


def hide_message(
    ctx: RoomContext, session_id: int, message_id: int, *, reason: str = "", client_id: str | None = None
) -> ChatMessage:
    """Hide a line, also after the session; hiding it again changes nothing."""
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
        claim.settle(message.id)
    return message
