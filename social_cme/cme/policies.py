"""Who may look at a room's ledger.

Rule: a mentor guides and does not assess; the ledger shows what was done, and everyone's own is always open to themselves.
"""

from __future__ import annotations

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership
from social_cme.rooms.policies import RoomContext


def can_see_participation(ctx: RoomContext) -> Decision:
    """See what each member of a room did: its mentors and coordinators, the server's administrators and auditors."""
    return decide_on_ledger(ctx.actor, ctx.membership)


def decide_on_ledger(actor: User | None, membership: Membership | None) -> Decision:
    """Decide as ``can_see_participation`` for a person and their membership of the room, whatever its state."""
    role = membership.role if membership is not None and membership.state == MembershipState.ACTIVE else None
    site_role = actor.site_role if actor is not None else None
    if role in {RoomRole.MENTOR, RoomRole.COORDINATOR} or site_role in {SiteRole.ADMINISTRATOR, SiteRole.AUDITOR}:
        return ALLOWED
    return refuse(
        "Only the room's mentors and coordinators can see everybody's participation. Yours is under My participation."
    )
