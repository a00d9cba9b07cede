"""Coming into a room by its door, asking to be let in, and leaving."""

from __future__ import annotations

from datetime import timedelta

from social_cme.accounts.enums import AccountState
from social_cme.core import clock
from social_cme.core.errors import Conflict, NotFound
from social_cme.core.permissions import require
from social_cme.core.text import excerpt
from social_cme.jobs.outbox import MailToQueue, queue_mail, queue_mails
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms import policies
from social_cme.rooms.enums import MembershipState, RoomRole, Visibility
from social_cme.rooms.events import (
    MembershipDeclined,
    MembershipLeft,
    MembershipRequested,
    MembershipRulesAccepted,
    MembershipWithdrawn,
)
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.members import (
    access_member,
    count_coordinators,
    find_membership,
    list_coordinators,
    lock_room,
)
from social_cme.rooms.rules import ASK_AGAIN_DAYS, REASON_LIMIT, STATEMENT_LIMIT, checked_text
from social_cme.rooms.services.admission import admit, check_rules_accepted, count_members


def join_room(ctx: RoomContext, *, accepted_version: int | None, statement: str = "") -> Membership:
    """Join a public room at once, or ask to join a room that decides by request.

    *accepted_version* is the version of the ground rules the person read and accepted. Whoever is a member already gets their
    membership back unchanged.
    """
    words = checked_text(
        statement, field="statement", label="Why you want to join", limit=STATEMENT_LIMIT, required=False
    )
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_join(ctx))
        own = find_membership(room.id, ctx.user.id)
        if own is not None and own.state == MembershipState.ACTIVE:
            return own
        if own is not None and own.state == MembershipState.BANNED:
            raise NotFound
        check_rules_accepted(room, accepted_version)
        if room.visibility == Visibility.REQUEST:
            return _ask(tx, ctx, room, own=own, statement=words)
        return admit(
            tx,
            room,
            user_id=ctx.user.id,
            actor_id=ctx.user.id,
            role=RoomRole.LEARNER,
            via="open",
            rules_version=room.ground_rules_version,
        )


def approve_request(ctx: RoomContext, *, user_id: int) -> Membership:
    """Let somebody in who asked; they get a mail."""
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        membership = _access_request(ctx, user_id)
        if room.is_archived:
            raise Conflict("This room is archived and takes no new members. Reopen it first.")
        if membership.user.state != AccountState.ACTIVE:
            raise Conflict("This account can no longer be used. Decline the request instead.")
        admit(
            tx,
            room,
            user_id=user_id,
            actor_id=ctx.user.id,
            role=RoomRole.LEARNER,
            via="request",
            rules_version=None,
        )
        queue_mail(
            tx,
            recipient=membership.user.email,
            user_id=user_id,
            event="join_approved",
            values={"room_name": room.name, "room_slug": room.slug, "display_name": membership.user.display_name},
        )
    return membership


def decline_request(ctx: RoomContext, *, user_id: int, reason: str) -> Membership:
    """Decline a request with a reason that the person reads; they may ask again after a week."""
    words = checked_text(reason, field="reason", label="Reason", limit=REASON_LIMIT)
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        membership = _access_request(ctx, user_id)
        membership.state = MembershipState.DECLINED
        membership.state_reason = words
        membership.ended_at = clock.now()
        tx.record(MembershipDeclined(actor_id=ctx.user.id, room_id=room.id, user_id=user_id))
    return membership


def accept_rules(ctx: RoomContext, *, version: int | None) -> Membership:
    """Accept the ground rules again after they changed."""
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_leave(ctx))
        check_rules_accepted(room, version)
        membership = access_member(ctx, ctx.user.id, lock=True)
        if membership.rules_accepted_version != room.ground_rules_version:
            membership.rules_accepted_version = room.ground_rules_version
            membership.rules_accepted_at = clock.now()
            tx.record(
                MembershipRulesAccepted(
                    actor_id=ctx.user.id,
                    room_id=room.id,
                    user_id=ctx.user.id,
                    version=room.ground_rules_version,
                )
            )
    return membership


def leave_room(ctx: RoomContext) -> Membership:
    """Leave a room; what one wrote stays. The last coordinator has to name another one first."""
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_leave(ctx))
        membership = access_member(ctx, ctx.user.id, lock=True)
        if membership.role == RoomRole.COORDINATOR and count_coordinators(ctx) <= 1:
            raise Conflict("You are the only coordinator. Make another member coordinator first, then leave.")
        membership.state = MembershipState.LEFT
        membership.ended_at = clock.now()
        count_members(tx, room, -1)
        tx.record(MembershipLeft(actor_id=ctx.user.id, room_id=room.id, user_id=ctx.user.id))
    return membership


def withdraw_request(ctx: RoomContext) -> None:
    """Take back one's own request to join."""
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        own = find_membership(room.id, ctx.user.id)
        if own is None or own.state != MembershipState.REQUESTED:
            raise Conflict("There is no open request of yours. The coordinators may have decided in the meantime.")
        own.state = MembershipState.LEFT
        own.ended_at = clock.now()
        tx.record(MembershipWithdrawn(actor_id=ctx.user.id, room_id=room.id, user_id=ctx.user.id))


def _ask(tx: Transaction, ctx: RoomContext, room: Room, *, own: Membership | None, statement: str) -> Membership:
    moment = clock.now()
    if own is None:
        own = Membership(room_id=room.id, user_id=ctx.user.id, state=MembershipState.LEFT)
        tx.add(own)
    elif own.state == MembershipState.REQUESTED:
        raise Conflict("You have asked to join already. You will hear from the coordinators by e-mail.")
    elif _was_declined_lately(own):
        raise Conflict(f"Your last request was declined. You can ask again {ASK_AGAIN_DAYS} days after it.")
    own.state = MembershipState.REQUESTED
    own.role = RoomRole.LEARNER
    own.statement = statement
    own.state_reason = ""
    own.ended_at = None
    own.rules_accepted_at = moment
    own.rules_accepted_version = room.ground_rules_version
    tx.record(MembershipRequested(actor_id=ctx.user.id, room_id=room.id, user_id=ctx.user.id))
    values = {
        "room_name": room.name,
        "room_slug": room.slug,
        "person_name": ctx.user.display_name,
        "statement": excerpt(statement, limit=300),
    }
    queue_mails(
        tx,
        event="join_request",
        mails=[
            MailToQueue(recipient=one.email, user_id=one.id, values={**values, "display_name": one.display_name})
            for one in list_coordinators(ctx)
        ],
    )
    return own


def _was_declined_lately(own: Membership) -> bool:
    declined = own.state == MembershipState.DECLINED and own.ended_at is not None
    return declined and clock.now() < own.ended_at + timedelta(days=ASK_AGAIN_DAYS)  # type: ignore[operator]


def _access_request(ctx: RoomContext, user_id: int) -> Membership:
    require(policies.can_manage_room(ctx))
    membership = access_member(ctx, user_id, lock=True)
    if membership.state != MembershipState.REQUESTED:
        raise Conflict("This request was decided already, or was taken back.")
    return membership
