"""The door of a room: nothing inside it is reached without passing here."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, bindparam, select

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext, can_read, can_see_room

# Asked with every request and message that concerns a room; to put it together takes longer than to ask it.
_DOOR = select(Room, Membership).outerjoin(
    Membership, (Membership.room_id == Room.id) & (Membership.user_id == bindparam("actor_id"))
)


def door_where(condition: ColumnElement[bool]) -> Select[Room, Membership]:
    """Prepare a door for ``open_prepared``; *condition* finds the room by parameters of its own."""
    return _DOOR.where(condition)


_DOOR_BY_SLUG = door_where(Room.slug == bindparam("slug"))
_DOOR_BY_ID = door_where(Room.id == bindparam("room_id"))


def open_room(actor: User | None, slug: str) -> RoomContext:
    """Open the door of a room for *actor*: its page may be shown, its content only after ``read_room``.

    Raises ``NotFound`` whether the room is absent or hidden from this person.
    """
    return open_prepared(actor, _DOOR_BY_SLUG, slug=slug)


def open_room_by_id(actor: User | None, room_id: int) -> RoomContext:
    """As ``open_room``, for the faces that know the id (sockets and listeners)."""
    return open_prepared(actor, _DOOR_BY_ID, room_id=room_id)


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


def open_prepared(actor: User | None, door: Select[Room, Membership], **which: object) -> RoomContext:
    """Open a door that ``door_where`` prepared, with its parameters; raise ``NotFound`` as ``open_room`` does."""
    ids = {"actor_id": actor.id if actor is not None else None, **which}
    found = db.session.execute(door, ids).one_or_none()
    if found is None:
        raise NotFound
    room, membership = found
    if not can_see_room(actor, room, membership):
        raise NotFound
    return RoomContext(actor=actor, room=room, membership=membership)
