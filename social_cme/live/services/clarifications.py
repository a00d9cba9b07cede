"""Who leads a session asks the author of a question in private, and the author answers; the pseudonym stays on.

Rule: what the author says names nobody, neither in the row nor in the fact.
"""

from __future__ import annotations

from collections.abc import Collection

from social_cme.core.errors import Conflict, NotFound
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.models import LiveClarification, LiveQuestion, LiveSession
from social_cme.live.policies import can_clarify, can_lead, can_say_more
from social_cme.live.queries.clarifications import access_private, count_in_conversation
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services.texts import required_text
from social_cme.persistence.transaction import transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext, can_take_part


def say_privately(
    ctx: RoomContext,
    session_id: int,
    question_id: int,
    *,
    body: str,
    mentor_id: int | None = None,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> LiveClarification:
    """Ask the author as who leads, or answer *mentor_id* as the author.

    Raises ``NotFound`` for everybody who is neither, and for an answer to a mentor who has not asked.
    """
    text = required_text(body, field="body", limit=rules.MAX_CLARIFICATION, name="a message")
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_take_part(ctx))
        leads = can_lead(ctx, mentor_ids(session.id))
        question = access_private(ctx, session, question_id, leads=bool(leads))
        is_author = question.author_id == ctx.actor_id
        claim = tx.claim(ctx.user.id, client_id, "live_clarification.say")
        if claim.object_id is not None:
            return tx.session.get_one(LiveClarification, claim.object_id)
        require(can_say_more(session))
        if is_author:
            whose = _mentor_to_answer(question, mentor_id)
        else:
            require(can_clarify(question, leads=leads, is_author=False))
            whose = _with_room(count_in_conversation(question.id, ctx.user.id), ctx.user.id)
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.LIVE_QUESTION, parts={"body": text}, attested=attested, place_id=session.id
        )
        row = LiveClarification(question_id=question.id, mentor_id=whose, is_from_author=is_author, body=text)
        tx.add(row)
        checked.note(question.id)
        tx.record(_fact(ctx, session, question, row))
        claim.settle(row.id)
        return row


def _fact(
    ctx: RoomContext, session: LiveSession, question: LiveQuestion, row: LiveClarification
) -> events.LiveClarificationAsked | events.LiveClarificationAnswered:
    place = {
        "room_id": ctx.room_id,
        "session_id": session.id,
        "question_id": question.id,
        "clarification_id": row.id,
    }
    if row.is_from_author:
        return events.LiveClarificationAnswered(actor_id=None, user_id=row.mentor_id, **place)
    return events.LiveClarificationAsked(actor_id=ctx.user.id, user_id=question.author_id, **place)


def _mentor_to_answer(question: LiveQuestion, mentor_id: int | None) -> int:
    known = count_in_conversation(question.id, mentor_id) if mentor_id is not None else 0
    if not known or mentor_id is None:
        raise NotFound
    return _with_room(known, mentor_id)


def _with_room(known: int, mentor_id: int) -> int:
    if known >= rules.MAX_IN_CONVERSATION:
        raise Conflict(f"This conversation has {rules.MAX_IN_CONVERSATION} messages. Go on in the room.")
    return mentor_id
