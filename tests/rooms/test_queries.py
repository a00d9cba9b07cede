"""The door of a room, the lists of rooms, and the conditions that other lists stand on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.models import User
from social_cme.core.errors import BadRequest, Forbidden, NotFound
from social_cme.core.pagination import encode_cursor
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room, open_room_by_id, read_room
from social_cme.rooms.queries.directory import list_other_rooms, list_own_rooms, list_rooms, readable_by
from social_cme.rooms.queries.members import count_requests, list_guides, list_members, list_requests
from tests.factories import Factory

STATES: tuple[str | None, ...] = (None, *MembershipState)


def _person(make: Factory, room: Room, who: str) -> User | None:
    if who == "stranger":
        return None
    if who in set(SiteRole):
        return make.user(role=who)
    user = make.user()
    if who != "outsider":
        make.membership(room, user, state=who)
    return user


PEOPLE = ["stranger", "outsider", *MembershipState, SiteRole.ADMINISTRATOR, SiteRole.MODERATOR, SiteRole.AUDITOR]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("visibility", list(Visibility))
def test_lists_and_the_door_agree_on_who_may_read(make: Factory, visibility: str, who: str) -> None:
    room = make.room(visibility=visibility)
    make.room(visibility=visibility)
    actor = _person(make, room, who)
    try:
        read_room(actor, room.slug)
        may_read = True
    except (NotFound, Forbidden):
        may_read = False
    assert (room.id in db.session.scalars(select(Room.id).where(readable_by(actor))).all()) == may_read


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("visibility", list(Visibility))
def test_the_directory_and_the_door_agree_on_what_is_named(make: Factory, visibility: str, who: str) -> None:
    room = make.room(visibility=visibility)
    actor = _person(make, room, who)
    try:
        open_room(actor, room.slug)
        exists = True
    except NotFound:
        exists = False
    assert ([row.room.id for row in list_rooms(actor).items] == [room.id]) == exists


@pytest.mark.parametrize("slug", ["absent", "", "x" * 500])
def test_absent_and_hidden_look_the_same(make: Factory, slug: str) -> None:
    hidden = make.room(visibility="invitation")
    with pytest.raises(NotFound) as absent:
        open_room(make.user(), slug)
    with pytest.raises(NotFound) as refused:
        open_room_by_id(make.user(), hidden.id)
    assert absent.value.message == refused.value.message


def test_own_rooms_are_those_one_is_a_member_of(make: Factory) -> None:
    user = make.user()
    rooms = {state: make.room() for state in STATES}
    for state, room in rooms.items():
        if state is not None:
            make.membership(room, user, state=state)
    assert [row.room.id for row in list_own_rooms(user)] == [rooms[MembershipState.ACTIVE].id]
    others = {row.room.id for row in list_other_rooms(user).items}
    assert others == {room.id for state, room in rooms.items() if state not in {"active", "banned"}}


def test_rooms_are_paged_without_gap_or_repeat(make: Factory) -> None:
    ids = {make.room(member_count=number % 4).id for number in range(23)}
    seen: list[int] = []
    cursor = None
    for _ in range(10):
        page = list_rooms(None, cursor=cursor, limit=5)
        seen += [row.room.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 23
    assert set(seen) == ids


@pytest.mark.parametrize(
    "cursor", ["x", encode_cursor(1), encode_cursor("a", 1), encode_cursor(1, 2, 3), encode_cursor(1, 2**63)]
)
def test_a_cursor_that_was_made_up_is_refused(make: Factory, cursor: str) -> None:
    with pytest.raises(BadRequest):
        list_rooms(None, cursor=cursor)


def test_members_come_by_role_and_name_page_by_page(make: Factory) -> None:
    room = make.room(coordinator=make.user(name="Zoe"), mentor=make.user(name="Yusuf"))
    for name in ("bea", "Änne", "Anna", "carl"):
        make.membership(room, make.user(name=name))
    make.membership(room, make.user(name="Gone", state=AccountState.CLOSED))
    make.membership(room, make.user(name="Left"), state="left")
    ctx, names, cursor = open_room(None, room.slug), [], None
    for _ in range(9):
        page = list_members(ctx, cursor=cursor, limit=2)
        names += [one.user.display_name for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert names[:2] == ["Zoe", "Yusuf"]
    assert len(names) == 6
    assert set(names[2:]) == {"Anna", "bea", "carl", "Änne"}
    assert names.index("Anna") < names.index("bea") < names.index("carl")


def test_a_stranger_does_not_list_members_of_a_closed_room(make: Factory) -> None:
    room = make.room(visibility="request")
    with pytest.raises(Forbidden):
        list_members(open_room(make.user(), room.slug))


def test_guides_are_mentors_first(make: Factory) -> None:
    room = make.room(coordinator=make.user(name="Helen"), mentor=make.user(name="Adaeze"), members=(make.user(),))
    assert [one.user.display_name for one in list_guides(open_room(None, room.slug))] == ["Adaeze", "Helen"]


def test_requests_are_for_coordinators(make: Factory) -> None:
    coordinator, learner = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(learner,))
    make.membership(room, make.user(), state="requested")
    assert count_requests(open_room(coordinator, room.slug)) == 1
    assert count_requests(open_room(learner, room.slug)) == 0
    with pytest.raises(Forbidden):
        list_requests(open_room(learner, room.slug))
