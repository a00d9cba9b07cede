"""Members of a room by what was typed after an @."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership

MOST_FOUND = 10


def members_named(room_id: int, texts: Sequence[str]) -> list[int]:
    """Return the members with whose whole names one of *texts* begins; of people with one name all of them."""
    if not texts:
        return []
    name = User.display_name
    begins = or_(*(func.substr(text, 1, func.length(name)) == name for text in texts))
    statement = (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.room_id == room_id,
            Membership.state == MembershipState.ACTIVE,
            User.state == AccountState.ACTIVE,
            begins,
        )
    )
    return list(db.session.scalars(statement.order_by(User.id).limit(MOST_FOUND)))
