"""Who asks, votes and hides."""

from __future__ import annotations

from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.live.enums import UNSEEN, QuestionState, SessionState
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.policies.sessions import _is_ahead_or_live
from social_cme.rooms.policies import RoomContext, can_moderate


def can_ask(session: LiveSession) -> Decision:
    """Ask and vote, as far as the session goes: from its announcement to its end."""
    return _is_ahead_or_live(session)


def can_vote(ctx: RoomContext, session: LiveSession, question: LiveQuestion) -> Decision:
    """Support a question that is waiting or being answered, and not one's own."""
    decision = _is_ahead_or_live(session)
    if not decision:
        return decision
    if question.author_id == ctx.actor_id:
        return refuse("This is your own question; the votes of others count.")
    if question.state not in {QuestionState.OPEN, QuestionState.ANSWERING}:
        return refuse("This question is no longer waiting, so it takes no votes.")
    return ALLOWED


def can_hide(ctx: RoomContext) -> Decision:
    """Hide a question or a line of the chat: whoever moderates the room."""
    return can_moderate(ctx)


def can_clarify(question: LiveQuestion, *, leads: Decision, is_author: bool) -> Decision:
    """Ask the author of a question in private: who leads, where the author is not named or the question is not shown yet."""
    if is_author:
        return refuse("This is your own question. You can answer whoever asks you.")
    if not leads:
        return leads
    if not question.pseudonym and question.state not in UNSEEN:
        return refuse("The author of this question is named. Write to them in the chat.")
    return ALLOWED


def can_say_more(session: LiveSession) -> Decision:
    """Write privately about a question: until the session is called off; also after it has ended."""
    if session.state == SessionState.CANCELLED:
        return refuse("This session was canceled.")
    return ALLOWED
