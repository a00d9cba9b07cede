"""Who goes into a group, who reads along there, and who writes."""

from __future__ import annotations

from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.live.enums import BreakoutState, SessionState
from social_cme.live.models import Breakout, LiveSession


def can_enter_groups(breakout: Breakout) -> Decision:
    """Come into a group or leave it: until the breakout is over."""
    if breakout.state == BreakoutState.ENDED:
        return refuse("This breakout is over; everybody is back in the session.")
    return ALLOWED


def can_follow_group(*, is_member: bool, is_expert: bool, leads: bool) -> Decision:
    """Read a group's chat and notes: its members, the expert it is with now, and who leads the session."""
    if is_member or is_expert or leads:
        return ALLOWED
    return refuse("Only the members of this group and the expert they are with can read here.")


def can_write_in_group(session: LiveSession) -> Decision:
    """Write in a group's chat and notes: while the session runs."""
    if session.state == SessionState.LIVE:
        return ALLOWED
    if session.state == SessionState.SCHEDULED:
        return refuse("The groups can write as soon as the session starts.")
    return refuse("This session is over; what the groups wrote can only be read.")
