"""Who may keep things in a room."""

from __future__ import annotations

from social_cme.core.permissions import Decision, refuse
from social_cme.rooms.policies import RoomContext, can_read


def can_keep(ctx: RoomContext) -> Decision:
    """Bookmark and take notes: anybody with an account who may read the room."""
    if ctx.actor is None:
        return refuse("Please log in to keep this.")
    return can_read(ctx)
