"""The names of people who discuss: they are no patients."""

from __future__ import annotations

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership

_MOST = 5_000


def participant_names(room_id: int, own_name: str) -> list[str]:
    """Return the display names of a room's active members and of the writer."""
    statement = (
        select(User.display_name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.room_id == room_id, Membership.state == MembershipState.ACTIVE)
        .limit(_MOST)
    )
    return [own_name, *db.session.scalars(statement)]
