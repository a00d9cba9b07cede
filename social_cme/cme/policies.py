"""Who may look at a room's ledger.

Rule: a mentor guides and does not assess; the ledger shows what was done, and everyone's own is always open to themselves.
"""

from __future__ import annotations

from social_cme.accounts.enums import SiteRole
from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.rooms.policies import RoomContext


def can_see_participation(ctx: RoomContext) -> Decision:
    """See what each member of a room did: its mentors and coordinators, the server's administrators and auditors."""
    if ctx.is_mentor or ctx.is_coordinator:
        return ALLOWED
    if ctx.actor is not None and ctx.actor.site_role in {SiteRole.ADMINISTRATOR, SiteRole.AUDITOR}:
        return ALLOWED
    return refuse(
        "Only the room's mentors and coordinators can see everybody's participation. Yours is under My participation."
    )
