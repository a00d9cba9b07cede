"""Who can be named in a room: its active members, found by their ids or by the beginning of a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, case, select

from social_cme.accounts.enums import AccountState, label
from social_cme.accounts.models import User
from social_cme.core.permissions import require
from social_cme.core.text import clean_line
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership
from social_cme.rooms.policies import RoomContext, can_take_part
from social_cme.rooms.rules import search_words

SUGGESTIONS = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A member who can be named, with the words that tell two similar names apart."""

    id: int
    display_name: str
    about: str


def names_of_members(room_id: int, user_ids: Collection[int]) -> dict[int, str]:
    """Return the names of those among *user_ids* who are active members of a room now."""
    if not user_ids:
        return {}
    statement = _members(room_id).where(User.id.in_(user_ids))
    return {user.id: user.display_name for user, _role in db.session.execute(statement)}


def suggest_members(ctx: RoomContext, words: str) -> list[Suggestion]:
    """Return up to eight other members whose names contain *words*, those that begin with them first.

    Only for whoever may write in the room; raises ``Forbidden`` for others.
    """
    require(can_take_part(ctx))
    line = clean_line(words[:80])
    starts = case((User.display_name.istartswith(line, autoescape=True), 0), else_=1)
    statement = _members(ctx.room_id).where(User.id != ctx.user.id)
    for word in search_words(line):
        statement = statement.where(User.display_name.icontains(word, autoescape=True))
    rows = db.session.execute(statement.order_by(starts, User.name_key, User.id).limit(SUGGESTIONS))
    return [Suggestion(user.id, user.display_name, _about(user, role)) for user, role in rows]


def _members(room_id: int) -> Select[User, str]:
    return (
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.room_id == room_id,
            Membership.state == MembershipState.ACTIVE,
            User.state == AccountState.ACTIVE,
        )
    )


def _about(user: User, role: str) -> str:
    known = [user.profession, user.specialty, role if role != RoomRole.LEARNER else None]
    return " · ".join(label(one) for one in known if one)
