"""Opening, changing and archiving rooms."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.core.errors import Conflict, Forbidden, Invalid
from social_cme.extensions import db
from social_cme.persistence.facts import Fact, facts_since
from social_cme.rooms.enums import MembershipState, RoomRole, Visibility
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.rooms import archive_room, create_room, edit_room, reopen_room
from tests.factories import Factory

WHOLE: dict[str, Any] = {
    "name": "Acute heart failure",
    "specialty": "cardiology",
    "summary": "Wet, dry, warm, cold.",
    "description": "For everybody who meets it. **Bold** words.",
    "practice_gap": "Doses are not raised.",
    "objectives": ["  Adjust a diuretic ", "", "- Write a plan"],
    "ground_rules": "1. No identifiers.",
    "visibility": "request",
}


def kinds(room: Room) -> list[str]:
    return [fact.kind for fact in facts_since(db.session(), f"room:{room.id}", since=0, limit=50)]


def test_whoever_opens_a_room_coordinates_it(make: Factory) -> None:
    actor = make.user()
    room = create_room(actor, **WHOLE)
    own = db.session.scalars(select(Membership).where(Membership.room_id == room.id)).one()
    assert (own.user_id, own.role, own.state) == (actor.id, RoomRole.COORDINATOR, MembershipState.ACTIVE)
    assert own.rules_accepted_version == room.ground_rules_version == 1
    assert (room.slug, room.member_count, room.visibility) == ("acute-heart-failure", 1, Visibility.REQUEST)
    assert room.objectives == ["Adjust a diuretic", "Write a plan"]
    assert "<strong>Bold</strong>" in room.description_html
    assert kinds(room) == ["room.created", "membership.joined"]


def test_hostile_markdown_of_a_room_is_harmless(make: Factory) -> None:
    text = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    room = create_room(make.user(), **{**WHOLE, "description": text, "ground_rules": text})
    for html in (room.description_html, room.ground_rules_html):
        assert "<script" not in html
        assert "<img" not in html
        assert "href" not in html


def test_two_rooms_of_one_name_get_different_addresses(make: Factory) -> None:
    actor = make.user()
    rooms = [create_room(actor, **WHOLE) for _ in range(3)]
    assert [room.slug for room in rooms] == ["acute-heart-failure", "acute-heart-failure-2", "acute-heart-failure-3"]


def test_a_wanted_address_that_is_taken_is_refused_and_nothing_is_written(make: Factory) -> None:
    actor = make.user()
    create_room(actor, **WHOLE, slug="hearts")
    facts = db.session.scalar(select(func.count()).select_from(Fact))
    with pytest.raises(Invalid) as caught:
        create_room(actor, **WHOLE, slug="hearts")
    assert "slug" in caught.value.fields
    assert db.session.scalar(select(func.count()).select_from(Room)) == 1
    assert db.session.scalar(select(func.count()).select_from(Fact)) == facts


@pytest.mark.parametrize("slug", ["new", "-x", "x-", "a--b", "ä", "a b", "x" * 61, "../x"])
def test_an_address_that_cannot_be_one_is_refused(make: Factory, slug: str) -> None:
    with pytest.raises(Invalid) as caught:
        create_room(make.user(), **WHOLE, slug=slug)
    assert "slug" in caught.value.fields


def test_a_name_that_is_a_page_of_the_site_gets_a_number(make: Factory) -> None:
    assert create_room(make.user(), **{**WHOLE, "name": "New"}).slug == "new-2"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x"),
        ("name", "x" * 101),
        ("specialty", "astrology"),
        ("summary", "x" * 301),
        ("description", "x" * 8001),
        ("practice_gap", "x" * 3001),
        ("objectives", ["one"] * 13),
        ("objectives", ["x" * 301]),
        ("ground_rules", "x" * 8001),
        ("visibility", "secret"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(make: Factory, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        create_room(make.user(), **{**WHOLE, field: value})
    assert list(caught.value.fields) == [field]
    assert db.session.scalar(select(func.count()).select_from(Room)) == 0


@pytest.mark.parametrize(
    "values",
    [{"state": AccountState.UNCONFIRMED}, {"profession": None}, {"specialty": None}, {"career_stage": None}],
)
def test_only_confirmed_people_with_a_profile_open_rooms(make: Factory, values: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        create_room(make.user(**values), **WHOLE)
    assert db.session.scalar(select(func.count()).select_from(Room)) == 0


def test_a_repeated_request_opens_one_room(make: Factory) -> None:
    actor = make.user()
    first = create_room(actor, **WHOLE, client_id="client-0001")
    again = create_room(actor, **WHOLE, client_id="client-0001")
    assert first.id == again.id
    assert kinds(first) == ["room.created", "membership.joined"]


def test_a_coordinator_changes_what_is_said_of_the_room(make: Factory) -> None:
    actor = make.user()
    room = create_room(actor, **WHOLE)
    edit_room(open_room(actor, room.slug), name="Hearts", description="*New*")
    assert (room.name, room.summary, room.revision) == ("Hearts", WHOLE["summary"], 2)
    assert "<em>New</em>" in room.description_html
    assert room.ground_rules_version == 1
    assert kinds(room)[2:] == ["room.changed"]


def test_new_ground_rules_get_a_new_version(make: Factory) -> None:
    actor = make.user()
    room = create_room(actor, **WHOLE)
    edit_room(open_room(actor, room.slug), ground_rules="1. Be kind.")
    assert room.ground_rules_version == 2
    edit_room(open_room(actor, room.slug), ground_rules="1. Be kind.  \r\n")
    assert room.ground_rules_version == 2
    assert kinds(room)[2:] == ["room.changed"]


def test_nobody_overwrites_words_they_have_not_seen(make: Factory) -> None:
    actor = make.user()
    room = create_room(actor, **WHOLE)
    edit_room(open_room(actor, room.slug), summary="First.", revision=1)
    with pytest.raises(Conflict):
        edit_room(open_room(actor, room.slug), summary="Second.", revision=1)
    assert room.summary == "First."
    edit_room(open_room(actor, room.slug), summary="Third.", revision=2)
    assert room.summary == "Third."


@pytest.mark.parametrize("who", ["learner", "mentor", "moderator", "auditor", "stranger"])
def test_only_coordinators_and_administrators_change_a_room(make: Factory, who: str) -> None:
    coordinator, learner, mentor = make.user(), make.user(), make.user()
    room = make.room(coordinator=coordinator, mentor=mentor, members=(learner,))
    actor = {
        "learner": learner,
        "mentor": mentor,
        "moderator": make.user(role=SiteRole.MODERATOR),
        "auditor": make.user(role=SiteRole.AUDITOR),
        "stranger": make.user(),
    }[who]
    for act in (lambda ctx: edit_room(ctx, name="Taken over"), archive_room, reopen_room):
        with pytest.raises(Forbidden):
            act(open_room(actor, room.slug))
    assert (room.name.startswith("Room"), room.is_archived) == (True, False)


def test_a_coordinator_of_another_room_changes_nothing_here(make: Factory) -> None:
    outsider = make.user()
    make.room(coordinator=outsider)
    room = make.room(coordinator=make.user())
    with pytest.raises(Forbidden):
        edit_room(open_room(outsider, room.slug), name="Taken over")


def test_a_demoted_coordinator_with_an_old_door_changes_nothing(make: Factory) -> None:
    first, second = make.user(), make.user()
    room = make.room(coordinator=first)
    make.membership(room, second, role=RoomRole.COORDINATOR)
    old = open_room(first, room.slug)
    from social_cme.rooms.services.members import set_role

    set_role(open_room(second, room.slug), user_id=first.id, role="learner")
    with pytest.raises(Forbidden):
        edit_room(old, name="Still mine")


def test_an_administrator_archives_and_reopens(make: Factory) -> None:
    room = make.room(coordinator=make.user())
    admin = make.user(role=SiteRole.ADMINISTRATOR)
    for _ in range(2):
        archive_room(open_room(admin, room.slug))
    assert room.is_archived
    reopen_room(open_room(admin, room.slug))
    assert not room.is_archived
    assert kinds(room) == ["room.changed", "room.changed"]
