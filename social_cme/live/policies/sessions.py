"""Who plans, leads and joins a session."""

from __future__ import annotations

from collections.abc import Collection

from social_cme.accounts.enums import SiteRole
from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.live import rules
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession
from social_cme.rooms.enums import RoomRole
from social_cme.rooms.policies import RoomContext, can_take_part

_GUIDES = (RoomRole.MENTOR, RoomRole.COORDINATOR)


def can_schedule(ctx: RoomContext) -> Decision:
    """Plan sessions: mentors and coordinators of the room."""
    decision = can_take_part(ctx)
    if not decision:
        return decision
    if ctx.is_mentor or ctx.is_coordinator:
        return ALLOWED
    return refuse("Only the room's mentors and coordinators can plan a session.")


def can_lead(ctx: RoomContext, mentor_ids: Collection[int]) -> Decision:
    """Start, end, change and steer a session: its own mentors while they are mentors of the room, and the coordinators."""
    decision = can_take_part(ctx)
    if not decision:
        return decision
    if ctx.is_coordinator or (ctx.is_mentor and ctx.actor_id in mentor_ids):
        return ALLOWED
    return refuse("Only the mentors of this session and the room's coordinators can do this.")


def can_come(ctx: RoomContext, session: LiveSession) -> Decision:
    """Say that one will come: members whom the session is for, until it has ended."""
    decision = can_give_back(ctx, session)
    return is_eligible(ctx, session) if decision else decision


def can_give_back(ctx: RoomContext, session: LiveSession) -> Decision:
    """Say that one will not come: members, also those whom the session is no longer for, until it has ended."""
    decision = can_take_part(ctx)
    if not decision:
        return decision
    return _is_ahead_or_live(session)


def is_eligible(ctx: RoomContext, session: LiveSession) -> Decision:
    """Belong to those whom a session is for; who guides or runs the room always does."""
    if ctx.is_mentor or ctx.is_coordinator or ctx.actor is None:
        return ALLOWED
    reason = rules.why_not(
        profession=ctx.actor.profession,
        stage=ctx.actor.career_stage,
        is_verified=ctx.actor.is_verified,
        professions=session.eligible_professions,
        stages=session.eligible_stages,
        verified=session.requires_verified,
    )
    return refuse(reason) if reason else ALLOWED


def can_join(ctx: RoomContext, session: LiveSession, mentor_ids: Collection[int], *, has_place: bool) -> Decision:
    """Ask, vote, write and be counted: members whom the session is for; while one with limited places runs, those who have
    one, and who leads.

    Beforehand every such member may ask and vote.
    """
    decision = can_take_part(ctx)
    if not decision:
        return decision
    decision = is_eligible(ctx, session)
    if not decision:
        return decision
    if session.state != SessionState.LIVE or session.capacity is None or has_place or can_lead(ctx, mentor_ids):
        return ALLOWED
    if session.going_count < session.capacity:
        return refuse("Places are limited here. Choose “I am coming” first; then you can take part.")
    return refuse("All places are taken. You can read along, and wait for a place that somebody gives back.")


def can_see_records(ctx: RoomContext) -> Decision:
    """See how long everybody attended and what a session was like, as in the room's ledger.

    The room's mentors and coordinators, the server's administrators and auditors.
    """
    site_role = ctx.actor.site_role if ctx.actor is not None else None
    if ctx.role in _GUIDES or site_role in {SiteRole.ADMINISTRATOR, SiteRole.AUDITOR}:
        return ALLOWED
    return refuse(
        "Only the room's mentors and coordinators can see this. How your own minutes came about is open to you."
    )


def _is_ahead_or_live(session: LiveSession) -> Decision:
    if session.state == SessionState.ENDED:
        return refuse("This session has ended. Its questions continue as threads of the room.")
    if session.state == SessionState.CANCELLED:
        return refuse("This session was canceled.")
    return ALLOWED
