"""Whether somebody takes part in a session, decided in one place for questions, chat and attendance."""

from __future__ import annotations

from social_cme.core.permissions import Decision
from social_cme.live.models import LiveSession
from social_cme.live.policies import can_join
from social_cme.live.queries.sessions import going_to, mentor_ids
from social_cme.rooms.policies import RoomContext


def decide_to_join(ctx: RoomContext, session: LiveSession) -> Decision:
    """Ask the policy; who leads and who has a place is looked up only where places are limited."""
    if session.capacity is None:
        return can_join(ctx, session, (), has_place=True)
    has_place = bool(going_to(ctx.actor_id, [session.id]))
    return can_join(ctx, session, mentor_ids(session.id), has_place=has_place)
