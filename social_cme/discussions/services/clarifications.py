"""A mentor asks an author under a pseudonym in private, and the author answers; the pseudonym stays on.

Rule: what the author says names nobody, neither in the row nor in the fact.
"""

from __future__ import annotations

from social_cme.core.errors import Conflict, NotFound
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import COMMENT_LIMIT
from social_cme.discussions.events import ClarificationAnswered, ClarificationAsked
from social_cme.discussions.models import Clarification, Thread
from social_cme.discussions.queries.clarifications import MOST_MESSAGES, access_private, count_in_conversation
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services.texts import long_text
from social_cme.persistence.transaction import transaction
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown


def say_privately(
    ctx: RoomContext, *, thread_id: int, body: str, mentor_id: int | None = None, client_id: str | None = None
) -> Clarification:
    """Ask the author as a mentor, or answer the mentor *mentor_id* as the author.

    Raises ``NotFound`` for everybody who is neither, and for an answer to a mentor who has not asked.
    """
    with transaction() as tx:
        access_private(ctx, thread_id)
        thread = access_thread(ctx, thread_id, lock=True)
        is_author = thread.author_id == ctx.actor_id
        claim = tx.claim(ctx.user.id, client_id, "clarification.say")
        if claim.object_id is not None:
            return tx.session.get_one(Clarification, claim.object_id)
        whose = _mentor_to_answer(ctx, thread, mentor_id) if is_author else _mentor_who_asks(ctx, thread)
        text = long_text(body, "body", COMMENT_LIMIT)
        row = Clarification(
            room_id=ctx.room_id,
            thread_id=thread.id,
            mentor_id=whose,
            is_from_author=is_author,
            body_md=text,
            body_html=render_markdown(text),
        )
        tx.add(row)
        place = {"room_id": ctx.room_id, "thread_id": thread.id, "clarification_id": row.id}
        if is_author:
            tx.record(ClarificationAnswered(actor_id=None, user_id=whose, **place))
        else:
            tx.record(ClarificationAsked(actor_id=ctx.user.id, user_id=thread.author_id, **place))
        claim.settle(row.id)
        return row


def _mentor_to_answer(ctx: RoomContext, thread: Thread, mentor_id: int | None) -> int:
    require(policies.can_answer_privately(ctx, thread))
    if mentor_id is None:
        raise NotFound
    known = count_in_conversation(thread.id, mentor_id)
    if not known:
        raise NotFound
    return _with_room(known, mentor_id)


def _mentor_who_asks(ctx: RoomContext, thread: Thread) -> int:
    require(policies.can_ask_privately(ctx, thread))
    return _with_room(count_in_conversation(thread.id, ctx.user.id), ctx.user.id)


def _with_room(known: int, mentor_id: int) -> int:
    if known >= MOST_MESSAGES:
        raise Conflict(f"This conversation has {MOST_MESSAGES} messages. Go on in the thread.")
    return mentor_id
