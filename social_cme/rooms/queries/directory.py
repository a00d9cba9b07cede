"""Lists of rooms, and the conditions that decide which rooms a list may name.

Rule: a list of rooms costs the same number of statements however many rooms there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, tuple_

from social_cme.accounts.enums import AccountState, SiteRole, Specialty, label
from social_cme.accounts.models import User
from social_cme.core.pagination import Page, clamp_limit, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState, RoomRole, Visibility
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries.notes import NOTHING, RoomNote, notes_for
from social_cme.rooms.rules import search_words

_STAFF = {SiteRole.ADMINISTRATOR, SiteRole.MODERATOR, SiteRole.AUDITOR}
MOST_OWN_ROOMS = 100


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room in a list, with what the reader is in it, who guides it and what is noted about it."""

    room: Room
    membership: Membership | None
    mentors: Sequence[User]
    note: RoomNote = NOTHING


def readable_by(actor: User | None) -> ColumnElement[bool]:
    """Return the condition on ``Room`` that its content may be read by *actor*: the list form of ``read_room``."""
    if actor is None:
        return Room.visibility == Visibility.PUBLIC
    banned = _rooms_where(actor, MembershipState.BANNED)
    if actor.site_role in _STAFF:
        return Room.id.not_in(banned)
    active = _rooms_where(actor, MembershipState.ACTIVE)
    return and_(or_(Room.visibility == Visibility.PUBLIC, Room.id.in_(active)), Room.id.not_in(banned))


def list_own_rooms(actor: User, *, words: str = "", specialty: str | None = None) -> list[RoomRow]:
    """Return the rooms *actor* is a member of, the most recently active first."""
    statement = (
        _rooms_of(actor)
        .where(Membership.state == MembershipState.ACTIVE, *_matching(words, specialty))
        .order_by(Room.last_activity_at.desc().nulls_last(), Room.name, Room.id)
        .limit(MOST_OWN_ROOMS)
    )
    return _as_rows(_pairs(statement))


def list_other_rooms(
    actor: User | None,
    *,
    words: str = "",
    specialty: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[RoomRow]:
    """Return a page of the open rooms that *actor* may see and is not a member of, the largest first."""
    not_mine = or_(Membership.state.is_(None), Membership.state != MembershipState.ACTIVE)
    return _page_of(actor, not_mine, words=words, specialty=specialty, cursor=cursor, limit=limit)


def list_rooms(
    actor: User | None,
    *,
    words: str = "",
    specialty: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[RoomRow]:
    """Return a page of all the open rooms that *actor* may see, one's own among them, the largest first."""
    return _page_of(actor, true(), words=words, specialty=specialty, cursor=cursor, limit=limit)


def find_room_by_slug(slug: str) -> Room | None:
    """Return a room whoever asks; only for services that need to know whether an address is taken."""
    return db.session.scalar(select(Room).where(Room.slug == slug))


def _page_of(
    actor: User | None,
    condition: ColumnElement[bool],
    *,
    words: str,
    specialty: str | None,
    cursor: str | None,
    limit: int | None,
) -> Page[RoomRow]:
    size = clamp_limit(limit)
    after = decode_cursor(cursor, int, int)
    statement = _rooms_of(actor).where(
        condition, Room.is_archived.is_(False), _named_to(actor), *_matching(words, specialty)
    )
    if after is not None:
        statement = statement.where(tuple_(Room.member_count, Room.id) < tuple_(*after))
    statement = statement.order_by(Room.member_count.desc(), Room.id.desc()).limit(size + 1)
    found = _pairs(statement)
    page = make_page(found, limit=size, key=lambda pair: (pair[0].member_count, pair[0].id))
    return Page(items=_as_rows(page.items), next_cursor=page.next_cursor)


def _rooms_of(actor: User | None) -> Select[Room, Membership | None]:
    own = (Membership.room_id == Room.id) & (Membership.user_id == (actor.id if actor is not None else None))
    return select(Room, Membership).outerjoin(Membership, own)


def _pairs(statement: Select[Room, Membership | None]) -> list[tuple[Room, Membership | None]]:
    return [(room, membership) for room, membership in db.session.execute(statement)]


def _named_to(actor: User | None) -> ColumnElement[bool]:
    """Return the list form of ``can_see_room``, on a statement made by ``_rooms_of``."""
    not_banned = or_(Membership.state.is_(None), Membership.state != MembershipState.BANNED)
    if actor is not None and actor.site_role in _STAFF:
        return not_banned
    return and_(not_banned, or_(Room.visibility != Visibility.INVITATION, Membership.state == MembershipState.ACTIVE))


def _matching(words: str, specialty: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Room.specialty == specialty] if specialty else []
    for word in search_words(words):
        texts = (Room.name, Room.summary, Room.practice_gap, Room.description_md)
        named = [str(one) for one in Specialty if word.casefold() in label(one).casefold()]
        conditions.append(or_(*(text.icontains(word, autoescape=True) for text in texts), Room.specialty.in_(named)))
    return conditions


def _rooms_where(actor: User, state: MembershipState) -> Select[int]:
    return select(Membership.room_id).where(Membership.user_id == actor.id, Membership.state == state)


def _as_rows(found: Sequence[tuple[Room, Membership | None]]) -> list[RoomRow]:
    mentors: dict[int, list[User]] = {room.id: [] for room, _ in found}
    if mentors:
        statement = (
            select(Membership.room_id, User)
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.room_id.in_(mentors),
                Membership.role == RoomRole.MENTOR,
                Membership.state == MembershipState.ACTIVE,
                User.state == AccountState.ACTIVE,
            )
            .order_by(Membership.joined_at, Membership.id)
        )
        for room_id, user in db.session.execute(statement):
            mentors[room_id].append(user)
    notes = notes_for(list(mentors))
    return [RoomRow(room, membership, mentors[room.id], notes[room.id]) for room, membership in found]
