"""Who votes in a poll, and who works with it."""

from __future__ import annotations

from collections.abc import Collection

from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.live.enums import PollState, SessionState
from social_cme.live.models import LiveSession
from social_cme.live.policies.sessions import can_lead
from social_cme.rooms.policies import RoomContext


def can_prepare_polls(ctx: RoomContext, session: LiveSession, mentor_ids: Collection[int]) -> Decision:
    """Write, open and close polls: whoever leads the session, before it and while it runs."""
    decision = can_lead(ctx, mentor_ids)
    if not decision:
        return decision
    if session.state in {SessionState.SCHEDULED, SessionState.LIVE}:
        return ALLOWED
    return refuse("This session is over; its polls can only be read.")


def can_cast(session: LiveSession, *, state: str) -> Decision:
    """Vote: while the session runs and the poll is open; ``state`` is where the poll stands at this moment."""
    if session.state != SessionState.LIVE:
        return refuse("Votes are taken while the session runs.")
    if state == PollState.OPEN:
        return ALLOWED
    return refuse("This poll is closed. Your vote was not counted.")


def can_export_polls(ctx: RoomContext, mentor_ids: Collection[int]) -> Decision:
    """Take results away as a table: the session's mentors and the room's coordinators."""
    return can_lead(ctx, mentor_ids)
