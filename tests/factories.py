"""Makes what tests stand on, through the product's own services wherever there is one.

Rule: a factory never takes a short cut that the product would refuse, except to skip mail and password hashing.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect

from social_cme.accounts.enums import AccountState, CareerStage, Profession, SiteRole, Specialty
from social_cme.accounts.identity import KEY
from social_cme.accounts.models import User
from social_cme.accounts.services.logins import open_login
from social_cme.core import clock
from social_cme.core.text import fold_name
from social_cme.persistence.base import Model
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState, RoomRole, Visibility
from social_cme.rooms.models import Membership, Room

PASSWORD = "correct horse battery staple"


class Factory:
    """One per test; counts up, so that every thing is different."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._count = itertools.count(1)

    def user(self, name: str | None = None, *, role: str = SiteRole.MEMBER, **values: Any) -> User:
        """Make an active person with a complete profile."""
        number = next(self._count)
        display_name = name or f"Person {number}"
        moment = clock.now()
        user = User(
            **{
                "email": f"person{number}@example.org",
                "display_name": display_name,
                "name_key": fold_name(display_name),
                "password_hash": "!",
                "state": AccountState.ACTIVE,
                "site_role": role,
                "profession": Profession.PHYSICIAN,
                "specialty": Specialty.INTERNAL_MEDICINE,
                "career_stage": CareerStage.EARLY_CAREER,
                "time_zone": "UTC",
                "confirmed_at": moment,
                **values,
            }
        )
        with transaction() as tx:
            tx.add(user)
        return user

    def room(
        self,
        *,
        mentor: User | None = None,
        coordinator: User | None = None,
        members: tuple[User, ...] = (),
        visibility: str = Visibility.PUBLIC,
        **values: Any,
    ) -> Room:
        """Make a room with its people already in it."""
        number = next(self._count)
        owner = coordinator or mentor or self.user()
        room = Room(
            **{
                "slug": f"room-{number}",
                "name": f"Room {number}",
                "specialty": Specialty.CARDIOLOGY,
                "summary": "A room for tests.",
                "visibility": visibility,
                "created_by_id": _key(owner),
                **values,
            }
        )
        leaders = ((mentor, RoomRole.MENTOR), (coordinator, RoomRole.COORDINATOR))
        people = [*leaders, *((member, RoomRole.LEARNER) for member in members)]
        with transaction() as tx:
            tx.add(room)
            tx.session.add_all(_membership(room, user, role) for user, role in people if user is not None)
        return room

    def membership(
        self, room: Room, user: User, *, role: str = RoomRole.LEARNER, state: str = MembershipState.ACTIVE
    ) -> Membership:
        """Put somebody into a room."""
        with transaction() as tx:
            row = _membership(room, user, role, state)
            tx.add(row)
        return row

    def disclose(self, room: Room, user: User, text: str) -> None:
        """State somebody's financial relationships in a room."""
        with transaction() as tx:
            row = tx.session.query(Membership).filter_by(room_id=room.id, user_id=user.id).one()
            row.disclosure = text

    def log_in(self, browser: FlaskClient, user: User) -> None:
        """Give *browser* the cookie of a fresh log-in."""
        key = open_login(user, lifetime=timedelta(days=1))
        with browser.session_transaction() as cookie:
            cookie[KEY] = key
            cookie["_user_id"] = str(user.id)
            cookie["_fresh"] = True


def _membership(room: Room, user: User, role: str, state: str = MembershipState.ACTIVE) -> Membership:
    moment = clock.now()
    return Membership(
        room_id=_key(room),
        user_id=_key(user),
        role=role,
        state=state,
        rules_accepted_at=moment,
        rules_accepted_version=1,
        joined_at=moment,
    )


def _key(row: Model) -> int:
    """Return the id of a row without reading anew what a commit made stale."""
    identity = inspect(row).identity
    assert identity is not None
    return int(identity[0])
