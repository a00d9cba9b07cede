"""Roles, disclosures, removal and bans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from social_cme.accounts.enums import SiteRole
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.persistence.facts import facts_since
from social_cme.rooms.enums import RoomRole
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from social_cme.rooms.queries.members import access_member
from social_cme.rooms.services.joining import join_room
from social_cme.rooms.services.members import ban_member, lift_ban, remove_member, set_role, state_disclosure
from tests.factories import Factory

Act = Callable[[RoomContext, int], object]
ACTS: dict[str, Act] = {
    "role": lambda ctx, user_id: set_role(ctx, user_id=user_id, role="mentor"),
    "remove": lambda ctx, user_id: remove_member(ctx, user_id=user_id, reason="Reason"),
    "ban": lambda ctx, user_id: ban_member(ctx, user_id=user_id, reason="Reason"),
    "lift": lambda ctx, user_id: lift_ban(ctx, user_id=user_id),
}


def facts(room: Room) -> list[tuple[str, dict[str, Any]]]:
    return [(one.kind, one.data) for one in facts_since(db.session(), f"room:{room.id}", since=0, limit=50)]


@pytest.mark.parametrize("role", list(RoomRole))
def test_a_coordinator_gives_roles(make: Factory, role: str) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    assert set_role(open_room(coordinator, room.slug), user_id=user.id, role=role).role == role
    told = (
        []
        if role == "learner"
        else [("membership.role_changed", {"room_id": room.id, "user_id": user.id, "role": role})]
    )
    assert facts(room) == told


@pytest.mark.parametrize("role", ["", "owner", "administrator", "Mentor"])
def test_a_role_that_does_not_exist_is_refused(make: Factory, role: str) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    with pytest.raises(Invalid):
        set_role(open_room(coordinator, room.slug), user_id=user.id, role=role)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "who", ["learner", "mentor", "other coordinator", "moderator", "auditor", "stranger", "banned"]
)
def test_only_coordinators_of_this_room_manage_members(make: Factory, who: str, act: str) -> None:
    user, actor = make.user(), make.user()
    room = make.room(coordinator=make.user(), members=(user,))
    if who in {"learner", "mentor"}:
        make.membership(room, actor, role=who)
    elif who == "other coordinator":
        make.room(coordinator=actor)
    elif who == "banned":
        make.membership(room, actor, state="banned")
    elif who != "stranger":
        actor = make.user(role=who)
    with pytest.raises(NotFound if who == "banned" else Forbidden):
        ACTS[act](open_room(actor, room.slug), user.id)
    assert facts(room) == []


@pytest.mark.parametrize("act", ACTS)
def test_a_member_of_another_room_is_not_found(make: Factory, act: str) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    make.room(members=(user,))
    with pytest.raises(NotFound):
        ACTS[act](open_room(coordinator, room.slug), user.id)
    with pytest.raises(NotFound):
        ACTS[act](open_room(coordinator, room.slug), 2**62)


def test_the_last_coordinator_keeps_the_role(make: Factory) -> None:
    coordinator, admin = make.user(), make.user(role=SiteRole.ADMINISTRATOR)
    room = make.room(coordinator=coordinator)
    for actor in (coordinator, admin):
        with pytest.raises(Conflict):
            set_role(open_room(actor, room.slug), user_id=coordinator.id, role="learner")
    for act in (remove_member, ban_member):
        with pytest.raises(Conflict):
            act(open_room(admin, room.slug), user_id=coordinator.id, reason="Reason")
    assert facts(room) == []


def test_one_of_two_coordinators_can_step_down(make: Factory) -> None:
    first, second = make.user(), make.user()
    room = make.room(coordinator=first)
    make.membership(room, second, role="coordinator")
    set_role(open_room(first, room.slug), user_id=first.id, role="learner")
    with pytest.raises(Forbidden):
        set_role(open_room(first, room.slug), user_id=second.id, role="learner")


@pytest.mark.parametrize("state", ["requested", "left", "declined", "removed"])
def test_whoever_is_no_member_gets_no_role(make: Factory, state: str) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    make.membership(room, user, state=state)
    with pytest.raises(Conflict):
        set_role(open_room(coordinator, room.slug), user_id=user.id, role="mentor")
    with pytest.raises(Conflict):
        remove_member(open_room(coordinator, room.slug), user_id=user.id, reason="Reason")


def test_a_removed_person_reads_why_and_may_come_back_as_a_learner(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    join_room(open_room(user, room.slug), accepted_version=1)
    set_role(open_room(coordinator, room.slug), user_id=user.id, role="mentor")
    before = room.member_count
    removed = remove_member(open_room(coordinator, room.slug), user_id=user.id, reason=" Posted adverts. ")
    assert (removed.state, removed.state_reason, room.member_count) == ("removed", "Posted adverts.", before - 1)
    back = join_room(open_room(user, room.slug), accepted_version=1)
    assert (back.state, back.role, back.state_reason) == ("active", "learner", "")


def test_for_a_banned_person_the_room_does_not_exist(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    ban_member(open_room(coordinator, room.slug), user_id=user.id, reason="Threats")
    with pytest.raises(NotFound):
        open_room(user, room.slug)
    ban_member(open_room(coordinator, room.slug), user_id=user.id, reason="Again")
    assert [kind for kind, _ in facts(room)] == ["membership.banned"]
    lift_ban(open_room(coordinator, room.slug), user_id=user.id)
    assert join_room(open_room(user, room.slug), accepted_version=1).state == "active"


def test_a_ban_that_is_none_cannot_be_lifted(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    with pytest.raises(Conflict):
        lift_ban(open_room(coordinator, room.slug), user_id=user.id)


@pytest.mark.parametrize("act", [remove_member, ban_member])
def test_nobody_ends_their_own_membership_this_way(make: Factory, act: Any) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator)
    make.membership(room, make.user(), role="coordinator")
    with pytest.raises(Forbidden):
        act(open_room(coordinator, room.slug), user_id=coordinator.id, reason="Reason")


@pytest.mark.parametrize("act", [remove_member, ban_member])
@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_ending_a_membership_needs_a_reason(make: Factory, act: Any, reason: str) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    with pytest.raises(Invalid):
        act(open_room(coordinator, room.slug), user_id=user.id, reason=reason)
    assert access_member(open_room(coordinator, room.slug), user.id).state == "active"


def test_those_who_look_after_the_server_are_not_banned_from_a_room(make: Factory) -> None:
    coordinator, staff = make.user(), make.user(role=SiteRole.MODERATOR)
    room = make.room(coordinator=coordinator, members=(staff,))
    with pytest.raises(Forbidden):
        ban_member(open_room(coordinator, room.slug), user_id=staff.id, reason="Reason")
    assert remove_member(open_room(coordinator, room.slug), user_id=staff.id, reason="Reason").state == "removed"


@pytest.mark.parametrize("role", ["mentor", "coordinator"])
def test_those_who_guide_state_their_disclosure(make: Factory, role: str) -> None:
    user = make.user()
    room = make.room()
    make.membership(room, user, role=role)
    for _ in range(2):
        stated = state_disclosure(open_room(user, room.slug), disclosure=" None.\u202e ")
    assert stated.disclosure == "None."
    assert [kind for kind, _ in facts(room)] == ["membership.disclosed"]


@pytest.mark.parametrize("text", ["", "x" * 1001])
def test_a_disclosure_says_something(make: Factory, text: str) -> None:
    user = make.user()
    room = make.room(mentor=user)
    with pytest.raises(Invalid):
        state_disclosure(open_room(user, room.slug), disclosure=text)


def test_a_learner_states_no_disclosure(make: Factory) -> None:
    user = make.user()
    room = make.room(members=(user,))
    with pytest.raises(Forbidden):
        state_disclosure(open_room(user, room.slug), disclosure="None.")
