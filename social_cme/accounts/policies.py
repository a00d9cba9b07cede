"""Who may do what to accounts and on the server."""

from __future__ import annotations

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.models import User
from social_cme.core.permissions import ALLOWED, Decision, refuse


def can_create_token(actor: User) -> Decision:
    """Only a confirmed account may hand out keys to itself."""
    if actor.state != AccountState.ACTIVE:
        return refuse("Confirm your e-mail address first; then you can create access tokens.")
    return ALLOWED


def can_administer(actor: User | None) -> Decision:
    """Administrators may; ``None`` stands for the operator at the server's own command line."""
    if actor is None or (actor.state == AccountState.ACTIVE and actor.site_role == SiteRole.ADMINISTRATOR):
        return ALLOWED
    return refuse("Only an administrator may do this.")


def can_ban(actor: User | None, user: User) -> Decision:
    """Administrators may ban others, but neither themselves nor one another; the operator may ban anybody."""
    decision = can_administer(actor)
    if not decision or actor is None:
        return decision
    if user == actor:
        return refuse("You cannot ban your own account.")
    if user.site_role == SiteRole.ADMINISTRATOR:
        return refuse("Take the administrator's role away first.")
    return ALLOWED


def can_vouch_for(actor: User | None, user: User) -> Decision:
    """Nobody verifies the own profession; who else may is for the caller to decide."""
    if actor is not None and actor == user:
        return refuse("You cannot verify your own profession. Somebody else has to look at your proof.")
    return ALLOWED


def can_see_profile(viewer: User | None, user: User) -> Decision:
    """Everybody sees confirmed accounts; the rest is seen by its owner alone."""
    if user.state == AccountState.ACTIVE or (viewer is not None and viewer == user):
        return ALLOWED
    return refuse("There is no such person.")
