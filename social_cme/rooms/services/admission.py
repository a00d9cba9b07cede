"""How a membership begins, whichever way somebody came in.

Rule: the caller holds the room's lock and has decided that the person may come in.
"""

from __future__ import annotations

from sqlalchemy import update

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid
from social_cme.persistence.transaction import Transaction
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.events import MembershipJoined, MembershipRoleChanged
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries.members import find_membership

_RANK = {RoomRole.LEARNER: 0, RoomRole.MENTOR: 1, RoomRole.COORDINATOR: 2}


def check_rules_accepted(room: Room, version: int | None) -> None:
    """Raise unless the ground rules were accepted in the wording that is in force now."""
    if version is None:
        raise Invalid(fields={"accept": ["Please read the ground rules and accept them to join."]})
    if version != room.ground_rules_version:
        raise Conflict("The ground rules changed while you were reading. Please read them again, then join.")


def admit(
    tx: Transaction, room: Room, *, user_id: int, actor_id: int, role: str, via: str, rules_version: int | None
) -> Membership:
    """Make *user_id* an active member; somebody who is one already keeps the higher of the two roles.

    Raises ``Forbidden`` for a person who was banned. *rules_version* ``None`` keeps what the person accepted earlier.
    """
    membership = find_membership(room.id, user_id)
    if membership is not None and membership.state == MembershipState.BANNED:
        raise Forbidden("You were removed from this room and cannot join it again.")
    if membership is None:
        membership = Membership(room_id=room.id, user_id=user_id, state=MembershipState.LEFT)
        tx.add(membership)
    moment = clock.now()
    if rules_version is not None:
        membership.rules_accepted_at = moment
        membership.rules_accepted_version = rules_version
    if membership.state == MembershipState.ACTIVE:
        if _RANK[RoomRole(role)] > _RANK[RoomRole(membership.role)]:
            membership.role = role
            tx.record(MembershipRoleChanged(actor_id=actor_id, room_id=room.id, user_id=user_id, role=role))
        return membership
    membership.state = MembershipState.ACTIVE
    membership.role = role
    membership.joined_at = moment
    membership.ended_at = None
    membership.state_reason = ""
    count_members(tx, room, 1)
    tx.record(MembershipJoined(actor_id=actor_id, room_id=room.id, user_id=user_id, role=role, via=via))
    return membership


def count_members(tx: Transaction, room: Room, change: int) -> None:
    """Change the room's number of members together with the membership that is counted."""
    tx.session.execute(
        update(Room)
        .where(Room.id == room.id)
        .values(member_count=Room.member_count + change)
        .execution_options(synchronize_session=False)
    )
    tx.session.flush()
    tx.session.refresh(room, ["member_count"])
