"""Who writes in the chat."""

from __future__ import annotations

from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession


def can_chat(session: LiveSession) -> Decision:
    """Write in the chat: while the session runs."""
    if session.state == SessionState.LIVE:
        return ALLOWED
    if session.state == SessionState.SCHEDULED:
        return refuse("The chat opens when the session starts.")
    return refuse("This session is over; its chat can only be read.")
