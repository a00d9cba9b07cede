"""The door of a room: nothing inside it is reached without passing here."""

from __future__ import annotations

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext, can_read, can_see_room


def open_room(actor: User | None, slug: str) -> RoomContext:
    """Open the door of a room for *actor*: its page may be shown, its content only after ``read_room``.

    Raises ``NotFound`` whether the room is absent or hidden from this person.
    """
    return _open(actor, Room.slug == slug)


def open_room_by_id(actor: User | None, room_id: int) -> RoomContext:
    """As ``open_room``, for the faces that know the id (sockets and listeners)."""
    return _open(actor, Room.id == room_id)


def read_room(actor: User | None, slug: str) -> RoomContext:
    """Open a room whose content may be read; raise ``Forbidden`` at the door of a room one has yet to join."""
    ctx = open_room(actor, slug)
    require(can_read(ctx))
    return ctx


def open_room_for_observer(room_id: int) -> RoomContext:
    """Open a room as nobody in particular, for one session to which a secret link leads; the caller has checked the link."""
    room = db.session.get(Room, room_id)
    if room is None:
        raise NotFound
    return RoomContext(actor=None, room=room, membership=None)


def _open(actor: User | None, condition: object) -> RoomContext:
    statement = select(Room, Membership).outerjoin(
        Membership, (Membership.room_id == Room.id) & (Membership.user_id == (actor.id if actor is not None else None))
    )
    found = db.session.execute(statement.where(condition)).one_or_none()  # type: ignore[arg-type]
    if found is None:
        raise NotFound
    room, membership = found
    if not can_see_room(actor, room, membership):
        raise NotFound
    return RoomContext(actor=actor, room=room, membership=membership)
