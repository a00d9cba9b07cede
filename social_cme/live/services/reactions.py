"""Reactions to lines of the chat.

Rule: one of each kind per person and line; the count changes by one statement together with the reaction, so a burst of them
neither reads what others wrote nor loses one.
"""

from __future__ import annotations

from sqlalchemy import delete, update

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live import events
from social_cme.live.enums import Reaction
from social_cme.live.models import ChatMessage, ChatReaction, ReactionTally
from social_cme.live.policies import can_chat
from social_cme.live.queries.board import access_message
from social_cme.live.queries.sessions import access_session
from social_cme.live.services.joining import decide_to_join
from social_cme.persistence.inserting import insert_into
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def react(
    ctx: RoomContext, session_id: int, message_id: int, *, kind: str, on: bool = True, client_id: str | None = None
) -> ChatMessage:
    """React to a line in one way, or take that back; saying the same twice changes nothing."""
    if kind not in list(Reaction):
        raise Invalid(fields={"kind": ["Choose one of the reactions."]})
    with transaction() as tx:
        session = access_session(ctx, session_id)
        require(decide_to_join(ctx, session))
        message = access_message(session, message_id)
        claim = tx.claim(ctx.user.id, client_id, "chat.react")
        if claim.object_id is not None:
            return message
        require(can_chat(session))
        if message.hidden_at is not None:
            raise Conflict("This message was hidden.")
        changed = _give(tx, message.id, ctx.user.id, kind) if on else _take_back(tx, message.id, ctx.user.id, kind)
        if changed:
            tx.record(
                events.ChatReacted(
                    actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, message_id=message.id
                )
            )
        claim.settle(message.id)
    return message


def _give(tx: Transaction, message_id: int, user_id: int, kind: str) -> bool:
    values = {"message_id": message_id, "user_id": user_id, "kind": kind, "created_at": clock.now()}
    given = tx.session.scalar(
        insert_into(tx.session, ChatReaction)
        .values(values)
        .on_conflict_do_nothing(index_elements=["message_id", "user_id", "kind"])
        .returning(ChatReaction.id)
    )
    if given is None:
        return False
    counting = insert_into(tx.session, ReactionTally).values(message_id=message_id, kind=kind, people=1)
    more = {"people": ReactionTally.people + 1}
    tx.session.execute(counting.on_conflict_do_update(index_elements=["message_id", "kind"], set_=more))
    return True


def _take_back(tx: Transaction, message_id: int, user_id: int, kind: str) -> bool:
    own = (ChatReaction.message_id == message_id, ChatReaction.user_id == user_id, ChatReaction.kind == kind)
    if tx.session.scalar(delete(ChatReaction).where(*own).returning(ChatReaction.id)) is None:
        return False
    tally = (ReactionTally.message_id == message_id, ReactionTally.kind == kind)
    tx.session.execute(update(ReactionTally).where(*tally).values(people=ReactionTally.people - 1))
    return True
