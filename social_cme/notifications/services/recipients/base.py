"""What the conditions on people share."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from social_cme.accounts.models import User
from social_cme.notifications.enums import NoticeKind
from social_cme.persistence.facts import FactRecord
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership


@dataclass(frozen=True, slots=True)
class Telling:
    """Who hears of a fact (a condition on ``User.id``), as what, and what it is about."""

    kind: NoticeKind
    recipients: ColumnElement[bool]
    thread_id: int | None = None
    post_id: int | None = None
    session_id: int | None = None
    unit_id: int | None = None
    challenge_id: int | None = None


def has_role(fact: FactRecord, *roles: RoomRole) -> ColumnElement[bool]:
    """Build the condition that somebody is an active member of the room with one of *roles*."""
    here = (Membership.room_id == number(fact, "room_id"), Membership.state == MembershipState.ACTIVE)
    return User.id.in_(select(Membership.user_id).where(*here, Membership.role.in_(roles)))


def about_post(fact: FactRecord, kind: NoticeKind, recipients: ColumnElement[bool]) -> Telling:
    """Say that it is about a post of a thread."""
    return Telling(kind, recipients, thread_id=number(fact, "thread_id"), post_id=number(fact, "post_id"))


def number(fact: FactRecord, name: str) -> int:
    """Return an id that a fact holds, 0 for an empty one."""
    return int(fact.data[name] or 0)
