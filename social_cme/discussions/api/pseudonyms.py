"""The pseudonyms that one may write under, and private words with whoever writes under one."""

from __future__ import annotations

from social_cme.core.permissions import require
from social_cme.discussions.api import ROOM, THREAD, bp
from social_cme.discussions.policies import can_post_thread
from social_cme.discussions.queries.clarifications import access_private, list_conversations
from social_cme.discussions.queries.pseudonyms import list_pseudonyms
from social_cme.discussions.rules.pseudonyms import WHO_SEES_THROUGH, warning
from social_cme.discussions.schemas.people import PersonOut
from social_cme.discussions.schemas.pseudonyms import (
    ClarificationIn,
    ClarificationOut,
    ConversationList,
    ConversationOut,
    PseudonymList,
    PseudonymOut,
)
from social_cme.discussions.services.clarifications import say_privately
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, endpoint


@endpoint(bp, f"{ROOM}/pseudonyms", "GET", result=PseudonymList)
def show_pseudonyms(slug: str) -> PseudonymList:
    """List the lines that you can write under here, the finest first, and who can see through them."""
    ctx = read_room(require_actor(), slug)
    require(can_post_thread(ctx))
    offers = list_pseudonyms(ctx)
    return PseudonymList(
        items=[
            PseudonymOut(
                level=one.line.level, line=one.line.text, is_verified=one.line.is_verified, is_narrow=one.is_narrow
            )
            for one in offers
        ],
        who_sees_through=WHO_SEES_THROUGH,
        warning=warning(offers),
    )


@endpoint(bp, f"{THREAD}/clarifications", "GET", result=ConversationList)
def list_clarifications(slug: str, thread_id: int) -> ConversationList:
    """List the private words about a thread under a pseudonym; only for its author and the mentors who asked."""
    ctx = read_room(require_actor(), slug)
    thread = access_private(ctx, thread_id)
    return ConversationList(
        items=[
            ConversationOut(
                mentor=PersonOut.of(one.mentor), messages=[ClarificationOut.of(row) for row in one.messages]
            )
            for one in list_conversations(ctx, thread)
        ]
    )


@endpoint(
    bp,
    f"{THREAD}/clarifications",
    "POST",
    result=ClarificationOut,
    body=ClarificationIn,
    status=201,
    scope=ApiScope.WRITE,
    errors=(422,),
)
def say_in_private(slug: str, thread_id: int, body: ClarificationIn) -> ClarificationOut:
    """Ask the author in private as a mentor, or answer a mentor as the author; nobody else reads it."""
    row = say_privately(
        read_room(require_actor(), slug),
        thread_id=thread_id,
        body=body.body,
        mentor_id=body.mentor_id,
        client_id=body.client_id,
    )
    return ClarificationOut.of(row)
