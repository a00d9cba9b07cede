"""What somebody may do in a room; each answer carries its reason."""

from __future__ import annotations

from dataclasses import dataclass

from social_cme.accounts.enums import SiteRole, label
from social_cme.accounts.models import User
from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.rooms.enums import MembershipState, RoomRole, Visibility
from social_cme.rooms.models import Invitation, Membership, Room


@dataclass(frozen=True, slots=True)
class RoomContext:
    """Who is acting, in which room, as what; made only by ``rooms.queries.open_room``."""

    actor: User | None
    room: Room
    membership: Membership | None

    @property
    def room_id(self) -> int:
        """Id of the room."""
        return self.room.id

    @property
    def actor_id(self) -> int | None:
        """Id of the acting person, ``None`` for an anonymous reader."""
        return self.actor.id if self.actor is not None else None

    @property
    def user(self) -> User:
        """The acting person; only after a policy made sure that there is one."""
        if self.actor is None:
            raise RuntimeError("an anonymous reader has no user")
        return self.actor

    @property
    def is_member(self) -> bool:
        """Whether the person is an active member."""
        return self.membership is not None and self.membership.state == MembershipState.ACTIVE

    @property
    def role(self) -> str | None:
        """The role in this room, ``None`` unless an active member."""
        return self.membership.role if self.membership is not None and self.is_member else None

    @property
    def is_mentor(self) -> bool:
        """Whether the person guides this room."""
        return self.role == RoomRole.MENTOR

    @property
    def is_coordinator(self) -> bool:
        """Whether the person runs this room."""
        return self.role == RoomRole.COORDINATOR

    @property
    def is_administrator(self) -> bool:
        """Whether the person administers the whole server."""
        return self.actor is not None and self.actor.site_role == SiteRole.ADMINISTRATOR

    @property
    def moderates(self) -> bool:
        """Whether the person may moderate here: the room's mentors and coordinators, and the server's moderators."""
        site = self.actor is not None and self.actor.site_role in {SiteRole.MODERATOR, SiteRole.ADMINISTRATOR}
        return site or self.role in {RoomRole.MENTOR, RoomRole.COORDINATOR}


def can_see_room(actor: User | None, room: Room, membership: Membership | None) -> Decision:
    """Public rooms may be read by anyone; the others show their door to people who are logged in, or only to members."""
    state = membership.state if membership is not None else None
    if state == MembershipState.BANNED:
        return refuse("You were removed from this room.")
    if actor is not None and actor.site_role in {SiteRole.ADMINISTRATOR, SiteRole.MODERATOR, SiteRole.AUDITOR}:
        return ALLOWED
    if room.visibility == Visibility.INVITATION and state != MembershipState.ACTIVE:
        return refuse("This room is by invitation.")
    return ALLOWED


def can_read(ctx: RoomContext) -> Decision:
    """Read threads, sessions and members: anyone in a public room, members elsewhere."""
    if ctx.room.visibility == Visibility.PUBLIC or ctx.is_member:
        return ALLOWED
    if ctx.actor is not None and ctx.actor.site_role in {SiteRole.ADMINISTRATOR, SiteRole.MODERATOR, SiteRole.AUDITOR}:
        return ALLOWED
    return refuse("Only members can read this room. Ask to join on its page.")


def can_take_part(ctx: RoomContext) -> Decision:
    """Write, vote, ask: active members with a confirmed address, while the room is open."""
    if ctx.actor is None:
        return refuse("Please log in to take part.")
    if not ctx.actor.is_confirmed:
        return refuse("Please confirm your e-mail address first; we sent you a link.")
    if not ctx.is_member:
        return refuse("Join this room to take part.")
    if ctx.room.is_archived:
        return refuse("This room is archived and can only be read.")
    return ALLOWED


def can_moderate(ctx: RoomContext) -> Decision:
    """Mentors and coordinators of the room, moderators and administrators of the server."""
    return ALLOWED if ctx.moderates else refuse("Only the room's mentors and coordinators can do this.")


def can_manage_room(ctx: RoomContext) -> Decision:
    """Change the room's settings, members and roles: its coordinators and the server's administrators."""
    if ctx.is_coordinator or ctx.is_administrator:
        return ALLOWED
    return refuse("Only the room's coordinators can do this.")


def can_create_room(actor: User | None) -> Decision:
    """Open a room: anybody with a confirmed address who said what they do."""
    if actor is None:
        return refuse("Please log in to open a room.")
    if not actor.is_confirmed:
        return refuse("Please confirm your e-mail address first; we sent you a link.")
    if not actor.has_profile:
        return refuse(
            "Say your profession, specialty and career stage in your profile first; a room shows who runs it."
        )
    return ALLOWED


def can_join(ctx: RoomContext) -> Decision:
    """Become a member at once or ask to: people with a confirmed address whom the room is for, while it takes members."""
    if ctx.actor is None:
        return refuse("Please log in to join.")
    if not ctx.actor.is_confirmed:
        return refuse("Please confirm your e-mail address first; we sent you a link.")
    if ctx.room.is_archived:
        return refuse("This room is archived and takes no new members.")
    if ctx.room.visibility == Visibility.INVITATION:
        return refuse("This room is by invitation. Ask one of its coordinators for an invitation.")
    return _is_meant(ctx.actor, ctx.room)


def _is_meant(actor: User, room: Room) -> Decision:
    """Tell whether the room is for somebody of this profession; who is invited is asked nothing."""
    if room.professions and actor.profession not in room.professions:
        words = " · ".join(label(one) for one in room.professions)
        said = (
            f"Your profile says: {label(actor.profession)}." if actor.profession else "Say yours in your profile first."
        )
        return refuse(f"This room is for: {words}. {said} Its coordinators can invite others.")
    if room.verified_only and not actor.is_verified:
        return refuse("This room is for people whose profession was verified. An administrator can verify yours.")
    return ALLOWED


def can_leave(ctx: RoomContext) -> Decision:
    """Leave: active members."""
    return ALLOWED if ctx.is_member else refuse("You are not a member of this room.")


def can_state_disclosure(ctx: RoomContext) -> Decision:
    """State one's relevant relationships: those who guide or run the room."""
    if ctx.is_mentor or ctx.is_coordinator:
        return ALLOWED
    return refuse("Only mentors and coordinators state their disclosures.")


def can_end_membership(ctx: RoomContext, member: Membership) -> Decision:
    """Remove or ban somebody: coordinators, never themselves."""
    managing = can_manage_room(ctx)
    if not managing:
        return managing
    if member.user_id == ctx.actor_id:
        return refuse("You cannot remove yourself. Leave the room instead.")
    return ALLOWED


def can_verify(ctx: RoomContext, member: Membership) -> Decision:
    """Verify a member's profession: administrators, and coordinators who are verified themselves; never oneself.

    Anybody can open a room and so become its coordinator; a verification is worth what its giver's is worth.
    """
    managing = can_manage_room(ctx)
    if not managing:
        return managing
    if member.user_id == ctx.actor_id:
        return refuse("You cannot verify your own profession. Somebody else has to look at your proof.")
    if not ctx.is_administrator and not ctx.user.is_verified:
        return refuse("Only coordinators whose own profession is verified can verify others. Ask an administrator.")
    return ALLOWED


def can_ban(ctx: RoomContext, member: Membership) -> Decision:
    """Shut somebody out; the server's own moderators and administrators must be able to look into every room."""
    ending = can_end_membership(ctx, member)
    if not ending:
        return ending
    if member.user.site_role != SiteRole.MEMBER:
        return refuse("This person looks after the whole server and cannot be banned from a room. Remove them instead.")
    return ALLOWED


def can_redeem(actor: User, invitation: Invitation) -> Decision:
    """Use a mailed link: the person whose confirmed address it was sent to."""
    if not actor.is_confirmed:
        return refuse("Please confirm your e-mail address first; we sent you a link.")
    if invitation.email != actor.email:
        return refuse("This invitation was sent to another address. Log in with the account of that address.")
    return ALLOWED
