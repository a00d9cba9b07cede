"""What members are in a room: roles, disclosures, and being shown the door."""

from __future__ import annotations

from social_cme.accounts.services.verification import vouch_for, withdraw_voucher
from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms import policies
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.events import (
    MembershipBanned,
    MembershipDisclosed,
    MembershipReadmitted,
    MembershipRemoved,
    MembershipRoleChanged,
)
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.members import access_member, count_coordinators, lock_room
from social_cme.rooms.rules import DISCLOSURE_LIMIT, REASON_LIMIT, checked_role, checked_text
from social_cme.rooms.services.admission import count_members


def set_role(ctx: RoomContext, *, user_id: int, role: str) -> Membership:
    """Give an active member another role; the last coordinator keeps theirs."""
    wanted = checked_role(role)
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_manage_room(ctx))
        membership = access_member(ctx, user_id, lock=True)
        _must_be_active(membership)
        if membership.role == wanted:
            return membership
        _keep_a_coordinator(ctx, membership)
        membership.role = wanted
        tx.record(MembershipRoleChanged(actor_id=ctx.user.id, room_id=room.id, user_id=user_id, role=wanted))
    return membership


def verify_member(ctx: RoomContext, *, user_id: int, evidence: str) -> Membership:
    """Mark the profession of an active member as verified; *evidence* says which proof was seen."""
    with transaction():
        membership = _verifiable(ctx, user_id)
        vouch_for(actor=ctx.user, user_id=user_id, evidence=evidence)
    return membership


def unverify_member(ctx: RoomContext, *, user_id: int) -> Membership:
    """Take the verification of an active member back."""
    with transaction():
        membership = _verifiable(ctx, user_id)
        withdraw_voucher(actor=ctx.user, user_id=user_id)
    return membership


def _verifiable(ctx: RoomContext, user_id: int) -> Membership:
    membership = access_member(ctx, user_id, lock=True)
    require(policies.can_verify(ctx, membership))
    _must_be_active(membership)
    return membership


def state_disclosure(ctx: RoomContext, *, disclosure: str) -> Membership:
    """State one's relevant relationships, or that there are none; shown beside one's name in the room."""
    words = checked_text(disclosure, field="disclosure", label="Disclosure", limit=DISCLOSURE_LIMIT)
    with transaction() as tx:
        require(policies.can_state_disclosure(ctx))
        membership = access_member(ctx, ctx.user.id, lock=True)
        if membership.disclosure != words:
            membership.disclosure = words
            tx.record(MembershipDisclosed(actor_id=ctx.user.id, room_id=ctx.room_id, user_id=ctx.user.id))
    return membership


def remove_member(ctx: RoomContext, *, user_id: int, reason: str) -> Membership:
    """End somebody's membership with a reason that they read; they may join again."""
    words = checked_text(reason, field="reason", label="Reason", limit=REASON_LIMIT)
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_manage_room(ctx))
        membership = access_member(ctx, user_id, lock=True)
        require(policies.can_end_membership(ctx, membership))
        _must_be_active(membership)
        _end(tx, ctx, room, membership, state=MembershipState.REMOVED, reason=words)
        tx.record(MembershipRemoved(actor_id=ctx.user.id, room_id=room.id, user_id=user_id))
    return membership


def ban_member(ctx: RoomContext, *, user_id: int, reason: str) -> Membership:
    """Shut somebody out with a reason: from now on the room does not exist for them."""
    words = checked_text(reason, field="reason", label="Reason", limit=REASON_LIMIT)
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_manage_room(ctx))
        membership = access_member(ctx, user_id, lock=True)
        require(policies.can_ban(ctx, membership))
        if membership.state == MembershipState.BANNED:
            return membership
        _end(tx, ctx, room, membership, state=MembershipState.BANNED, reason=words)
        tx.record(MembershipBanned(actor_id=ctx.user.id, room_id=room.id, user_id=user_id))
    return membership


def lift_ban(ctx: RoomContext, *, user_id: int) -> Membership:
    """Let somebody join again who was shut out."""
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_manage_room(ctx))
        membership = access_member(ctx, user_id, lock=True)
        if membership.state != MembershipState.BANNED:
            raise Conflict("This person is not banned from the room.")
        membership.state = MembershipState.REMOVED
        membership.ended_at = clock.now()
        tx.record(MembershipReadmitted(actor_id=ctx.user.id, room_id=room.id, user_id=user_id))
    return membership


def _end(
    tx: Transaction, ctx: RoomContext, room: Room, membership: Membership, *, state: MembershipState, reason: str
) -> None:
    if membership.state == MembershipState.ACTIVE:
        _keep_a_coordinator(ctx, membership)
        count_members(tx, room, -1)
    membership.state = state
    membership.state_reason = reason
    membership.ended_at = clock.now()
    # Whoever comes back later starts as a learner, even when a link or a request lets them in.
    membership.role = RoomRole.LEARNER


def _must_be_active(membership: Membership) -> None:
    if membership.state != MembershipState.ACTIVE:
        raise Conflict("This person is not a member of the room at present.")


def _keep_a_coordinator(ctx: RoomContext, membership: Membership) -> None:
    if membership.role == RoomRole.COORDINATOR and count_coordinators(ctx) <= 1:
        raise Conflict("A room needs a coordinator. Make another member coordinator first.")
