"""What somebody may do in moderation; each answer carries its reason."""

from __future__ import annotations

from social_cme.accounts.enums import SiteRole
from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.moderation.enums import FlagReason
from social_cme.rooms.policies import RoomContext, can_moderate


def can_flag(ctx: RoomContext) -> Decision:
    """Report something: members and moderators with a confirmed account, also in an archived room."""
    if ctx.actor is None:
        return refuse("Please log in to report something.")
    if not ctx.actor.is_confirmed:
        return refuse("Please confirm your e-mail address first; we sent you a link.")
    if not ctx.is_member and not ctx.moderates:
        return refuse("Join this room to report something in it.")
    return ALLOWED


def can_flag_text(ctx: RoomContext, *, author_id: int, reason: str) -> Decision:
    """Report this text: of one's own only that it could identify a patient; everything else one edits."""
    flagging = can_flag(ctx)
    if flagging and author_id == ctx.actor_id and reason != FlagReason.IDENTIFIER:
        return refuse("This is your own text. You can edit it, or report that it could identify a patient.")
    return flagging


def can_decide(ctx: RoomContext, *, author_id: int) -> Decision:
    """Decide about a report: the room's moderators, but not about what they wrote themselves."""
    moderating = can_moderate(ctx)
    if not moderating:
        return moderating
    if author_id == ctx.actor_id:
        return refuse("You wrote this yourself, so somebody else has to decide about it.")
    return ALLOWED


def can_unmask(ctx: RoomContext, *, author_id: int, pseudonym: str) -> Decision:
    """Take part in lifting a pseudonym: the room's moderators, never for what they wrote themselves."""
    moderating = can_moderate(ctx)
    if not moderating:
        return moderating
    if not pseudonym:
        return refuse("The author writes under the own name here.")
    if author_id == ctx.actor_id:
        return refuse("You wrote this yourself, so others have to decide about it.")
    return ALLOWED


def can_confirm_unmasking(ctx: RoomContext, *, requested_by_id: int) -> Decision:
    """Confirm a request: somebody else than whoever asked."""
    if requested_by_id == ctx.actor_id:
        return refuse("You asked for this yourself. A second moderator has to confirm it.")
    return ALLOWED


def can_see_queue(ctx: RoomContext) -> Decision:
    """See what is reported and by whom: the room's moderators."""
    return can_moderate(ctx)


def can_see_log(ctx: RoomContext) -> Decision:
    """See what was decided: the room's moderators, and the server's auditors."""
    if ctx.actor is not None and ctx.actor.site_role == SiteRole.AUDITOR:
        return ALLOWED
    return can_moderate(ctx)
