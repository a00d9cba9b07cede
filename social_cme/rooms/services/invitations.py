"""Links into a room: for one address, good once, for fourteen days.

Rule: the secret stands in the mail alone; the database keeps its hash.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, NotFound
from social_cme.core.ids import new_token, token_hash
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.jobs.outbox import queue_mail
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms import policies
from social_cme.rooms.enums import RoomRole
from social_cme.rooms.events import InvitationRevoked, InvitationSent
from social_cme.rooms.models import Invitation, Membership
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.members import count_open_invitations, find_invitation, lock_room
from social_cme.rooms.rules import (
    INVITATION_DAYS,
    INVITATION_USELESS,
    OPEN_INVITATIONS_LIMIT,
    checked_email,
    checked_role,
)
from social_cme.rooms.services.admission import admit, check_rules_accepted


def invite(ctx: RoomContext, *, email: str, role: str = RoomRole.LEARNER, client_id: str | None = None) -> Invitation:
    """Mail a link into the room to *email*; an earlier open link to the same address stops working.

    The answer is the same whether the address has an account here or not.
    """
    address, wanted = checked_email(email), checked_role(role)
    token = new_token()
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_manage_room(ctx))
        claim = tx.claim(ctx.user.id, client_id, "invitation.send")
        if claim.object_id is not None:
            return db.session.get_one(Invitation, claim.object_id)
        if room.is_archived:
            raise Conflict("This room is archived and takes no new members. Reopen it first.")
        _revoke(tx, ctx, Invitation.email == address)
        if count_open_invitations(ctx) >= OPEN_INVITATIONS_LIMIT:
            raise Conflict("There are too many open invitations. Withdraw some first.")
        invitation = Invitation(
            room_id=room.id,
            email=address,
            role=wanted,
            token_hash=token_hash(token),
            invited_by_id=ctx.user.id,
            expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
        )
        tx.add(invitation)
        tx.record(InvitationSent(actor_id=ctx.user.id, room_id=room.id, invitation_id=invitation.id))
        values = {"room_name": room.name, "inviter_name": ctx.user.display_name, "token": token}
        queue_mail(tx, recipient=address, event="room_invitation", values={**values, "days": INVITATION_DAYS})
        claim.settle(invitation.id)
    return invitation


def revoke_invitation(ctx: RoomContext, *, invitation_id: int) -> None:
    """Make an open link useless; raise ``NotFound`` for one of another room, and for one that cannot be used any more."""
    with transaction() as tx:
        require(policies.can_manage_room(ctx))
        if not _revoke(tx, ctx, Invitation.id == invitation_id):
            raise NotFound


def redeem_invitation(actor: User, *, token: str, accepted_version: int | None) -> Membership:
    """Come in with a mailed link; of any number of tries at once exactly one succeeds.

    Raises ``NotFound`` for a link that never was, ``Forbidden`` for one that was sent to another address, ``Conflict`` for one
    that cannot be used any more.
    """
    with transaction() as tx:
        invitation = find_invitation(token)
        if invitation is None:
            raise NotFound
        require(policies.can_redeem(actor, invitation))
        room = lock_room(invitation.room_id)
        if room.is_archived:
            raise Conflict("This room is archived and takes no new members.")
        if not _use(tx, invitation.id, actor):
            raise Conflict(INVITATION_USELESS)
        check_rules_accepted(room, accepted_version)
        return admit(
            tx,
            room,
            user_id=actor.id,
            actor_id=actor.id,
            role=invitation.role,
            via="invitation",
            rules_version=room.ground_rules_version,
        )


def _use(tx: Transaction, invitation_id: int, actor: User) -> bool:
    moment = clock.now()
    statement = (
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > moment,
        )
        .values(used_at=moment, used_by_id=actor.id)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    return tx.session.scalar(statement) is not None


def _revoke(tx: Transaction, ctx: RoomContext, condition: object) -> list[int]:
    moment = clock.now()
    statement = (
        update(Invitation)
        .where(
            condition,  # type: ignore[arg-type]
            Invitation.room_id == ctx.room_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > moment,
        )
        .values(revoked_at=moment)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    revoked = list(tx.session.scalars(statement))
    for one in revoked:
        tx.record(InvitationRevoked(actor_id=ctx.user.id, room_id=ctx.room_id, invitation_id=one))
    return revoked
