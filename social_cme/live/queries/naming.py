"""Who is named after an @ in a line of the chat: by the number that the suggestions put there, or by the whole name."""

from __future__ import annotations

from sqlalchemy import func, or_, select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.discussions.queries.mentions import names_of_members
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership
from social_cme.web.markdown import mention_ids
from social_cme.web.markdown_rules import MENTION

MOST_SIGNS = 10
LONGEST_NAME = 120


def with_plain_names(room_id: int, text: str) -> tuple[str, list[int]]:
    """Return *text* with the names of members in place of their numbers, and the ids of those whom it names."""
    ids = mention_ids(text)
    names = names_of_members(room_id, ids)
    plain = MENTION.sub(lambda found: f"@{names.get(int(found.group(2)), found.group(1))}", text)
    known = set(names.values())
    typed = [rest for rest in _after_signs(plain) if not any(rest.startswith(name) for name in known)]
    return plain, list(dict.fromkeys([*(one for one in ids if one in names), *_members_named(room_id, typed)]))


def _after_signs(text: str) -> list[str]:
    parts = text.split("@")[1:]
    return [part[:LONGEST_NAME] for part in parts[:MOST_SIGNS] if part[:1].isalnum()]


def _members_named(room_id: int, endings: list[str]) -> list[int]:
    """Return the members with whose names one of *endings* begins; of people with one name all of them."""
    if not endings:
        return []
    name = User.display_name
    begins = or_(*(func.substr(ending, 1, func.length(name)) == name for ending in endings))
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
    return list(db.session.scalars(statement.order_by(User.id).limit(MOST_SIGNS)))
