"""Rooms over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from social_cme.accounts.enums import SiteRole
from social_cme.extensions import db
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.invitations import invite
from social_cme.rooms.services.members import ban_member
from tests.factories import Factory
from tests.rooms.conftest import Visit, Visitor

CANARY = "canary-7f3a"
BODY = {
    "name": "Acute heart failure",
    "specialty": "cardiology",
    "ground_rules": "Be kind.",
    "objectives": ["Adjust a dose"],
}


class Caller:
    """Sends JSON as somebody."""

    def __init__(self, visitor: Visitor) -> None:
        self.client = visitor.client
        page = visitor.get("/about").text
        self.headers = {"X-CSRFToken": page.split('name="csrf-token" content="')[1].split('"')[0]}

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return the status and the answer."""
        sent = self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.headers)
        return sent.status_code, sent.json


@pytest.fixture
def call(visit: Visit) -> Callable[[Any], Caller]:
    """Return a function that calls the API as somebody."""
    return lambda user: Caller(visit(user))


def test_rooms_are_listed_to_anyone_without_the_private_ones(make: Factory, call: Any) -> None:
    make.room(name="Heart failure", specialty="cardiology", member_count=3)
    make.room(name="Falls", specialty="neurology")
    make.room(name=CANARY, visibility="invitation")
    status, found = call(None)("GET", "/rooms?limit=1")
    assert (status, [one["name"] for one in found["items"]]) == (200, ["Heart failure"])
    status, rest = call(None)("GET", f"/rooms?limit=9&cursor={found['next_cursor']}")
    assert [one["name"] for one in rest["items"]] == ["Falls"]
    status, found = call(None)("GET", "/rooms?q=fall&specialty=neurology")
    assert [one["name"] for one in found["items"]] == ["Falls"]
    assert CANARY not in str(call(make.user())("GET", f"/rooms?q={CANARY}"))


def test_a_member_sees_their_private_room_in_the_list(make: Factory, call: Any) -> None:
    user = make.user()
    make.room(name=CANARY, visibility="invitation", members=(user,))
    found = call(user)("GET", "/rooms")[1]["items"]
    assert [(one["name"], one["role"]) for one in found] == [(CANARY, "learner")]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "specialty=astrology", "q=" + "x" * 101, "cursor=x", "cursor=" + "x" * 513]
)
def test_a_query_that_does_not_fit_is_refused(make: Factory, call: Any, query: str) -> None:
    assert call(None)("GET", f"/rooms?{query}")[0] in {400, 422}


def test_a_room_is_opened_read_changed_and_archived(make: Factory, call: Any) -> None:
    user = make.user()
    api = call(user)
    status, room = api("POST", "/rooms", {**BODY, "client_id": "client-0001", "member_count": 99, "created_by_id": 1})
    assert (status, room["slug"], room["role"], room["member_count"]) == (201, "acute-heart-failure", "coordinator", 1)
    assert api("POST", "/rooms", {**BODY, "client_id": "client-0001"})[1]["slug"] == room["slug"]
    assert len(db.session.scalars(select(Room)).all()) == 1
    status, room = api("PATCH", "/rooms/acute-heart-failure", {"ground_rules": "Be precise.", "revision": 1})
    assert (status, room["ground_rules_version"], room["name"], room["revision"]) == (200, 2, BODY["name"], 2)
    assert api("PATCH", "/rooms/acute-heart-failure", {"name": "Other", "revision": 1})[0] == 409
    wanted = {"agenda": "A case *every* Monday.", "professions": ["nurse"], "verified_only": True}
    _, room = api("PATCH", "/rooms/acute-heart-failure", wanted)
    assert {name: room[name] for name in wanted} == wanted
    assert api("PATCH", "/rooms/acute-heart-failure", {"professions": ["king"]})[0] == 422
    assert call(make.user())("POST", "/rooms/acute-heart-failure/membership", {"accepted_rules_version": 2})[0] == 403
    assert api("PATCH", "/rooms/acute-heart-failure", {"is_archived": True})[1]["is_archived"] is True
    assert api("PATCH", "/rooms/acute-heart-failure", {"is_archived": False})[1]["is_archived"] is False


@pytest.mark.parametrize(
    "body",
    [{}, {**BODY, "name": "x"}, {**BODY, "objectives": "text"}, {**BODY, "objectives": ["x"] * 13}, {**BODY, "objectives": ["x" * 301]},
     {**BODY, "slug": "new"}, {**BODY, "visibility": "x"}, {**BODY, "name": "\ud800\ud800\ud800"}, {**BODY, "client_id": "x"}, [], None, 7],
)  # fmt: skip
def test_a_body_that_does_not_fit_is_refused(make: Factory, call: Any, body: Any) -> None:
    assert call(make.user())("POST", "/rooms", body)[0] in {400, 415, 422}
    assert db.session.scalars(select(Room)).all() == []


def test_joining_and_leaving(make: Factory, call: Any) -> None:
    room, user = make.room(coordinator=make.user()), make.user()
    api, own = call(user), f"/rooms/{room.slug}/membership"
    assert api("POST", own, {"accepted_rules_version": 7})[0] == 409
    assert api("POST", own, {})[0] == 422
    status, membership = api("POST", own, {"accepted_rules_version": 1, "role": "coordinator", "state": "active"})
    assert (status, membership["role"], membership["state"]) == (200, "learner", "active")
    assert api("PATCH", own, {"disclosure": "None."})[0] == 403
    assert api("PATCH", own, {"accepted_rules_version": 1})[0] == 200
    assert api("DELETE", own)[0] == 204
    assert api("DELETE", own)[0] == 403


def test_requests_are_decided_by_coordinators(make: Factory, call: Any) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="request")
    call(user)("POST", f"/rooms/{room.slug}/membership", {"accepted_rules_version": 1, "statement": "Please."})
    api, path = call(coordinator), f"/rooms/{room.slug}/requests"
    assert [one["statement"] for one in api("GET", path)[1]["items"]] == ["Please."]
    assert call(user)("GET", path)[0] == 403
    assert call(user)("POST", f"{path}/{user.id}", {"approve": True})[0] == 403
    assert api("POST", f"{path}/{user.id}", {"approve": False})[0] == 422
    assert api("POST", f"{path}/{user.id}", {"approve": True})[1]["state"] == "active"
    assert api("POST", f"{path}/{user.id}", {"approve": True})[0] == 409
    assert api("POST", f"{path}/{2**62}", {"approve": True})[0] == 404


def test_members_roles_and_removal(make: Factory, call: Any) -> None:
    coordinator, user = make.user(), make.user(name="Maya Lindqvist")
    room = make.room(coordinator=coordinator, members=(user,))
    api, path = call(coordinator), f"/rooms/{room.slug}/members"
    found = call(None)("GET", f"{path}?q=maya")[1]["items"]
    assert [one["person"]["display_name"] for one in found] == ["Maya Lindqvist"]
    assert "email" not in str(found)
    assert api("PATCH", f"{path}/{user.id}", {"role": "mentor"})[1]["role"] == "mentor"
    assert api("PATCH", f"{path}/{user.id}", {"role": "owner"})[0] == 422
    assert call(user)("PATCH", f"{path}/{user.id}", {"role": "coordinator"})[0] == 403
    assert api("POST", f"{path}/{user.id}/removal", {})[0] == 422
    assert api("POST", f"{path}/{user.id}/removal", {"reason": "Threats", "ban": True})[1]["state"] == "banned"
    assert call(user)("GET", f"/rooms/{room.slug}")[0] == 404
    assert api("DELETE", f"{path}/{user.id}/removal")[1]["state"] == "removed"
    assert api("PATCH", f"{path}/{coordinator.id}", {"role": "learner"})[0] == 409


def test_invitations(make: Factory, call: Any, newest_token: Callable[[], str]) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="invitation")
    api, path = call(coordinator), f"/rooms/{room.slug}/invitations"
    status, invitation = api("POST", path, {"email": user.email, "role": "mentor"})
    assert status == 201
    assert newest_token() not in str(invitation)
    assert [one["id"] for one in api("GET", path)[1]["items"]] == [invitation["id"]]
    body = {"token": newest_token(), "accepted_rules_version": 1}
    assert call(make.user())("POST", "/invitations/redeem", body)[0] == 403
    status, membership = call(user)("POST", "/invitations/redeem", body)
    assert (status, membership["role"], membership["room_slug"]) == (200, "mentor", room.slug)
    assert call(user)("POST", "/invitations/redeem", body)[0] == 409
    assert call(user)("POST", "/invitations/redeem", {**body, "token": "x" * 40})[0] == 404
    assert api("DELETE", f"{path}/{invitation['id']}")[0] == 404
    again = api("POST", path, {"email": "maya@example.org"})[1]
    assert api("DELETE", f"{path}/{again['id']}")[0] == 204


@pytest.mark.parametrize("who", ["stranger", "outsider", "banned"])
def test_a_private_room_is_not_found_whatever_is_asked(make: Factory, call: Any, who: str) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="invitation", name=CANARY)
    if who == "banned":
        make.membership(room, user)
        ban_member(open_room(coordinator, room.slug), user_id=user.id, reason="Reason")
    invitation = invite(open_room(coordinator, room.slug), email="maya@example.org")
    api = call(None if who == "stranger" else user)
    one = f"/rooms/{room.slug}"
    for method, path, body in [
        ("GET", one, None),
        ("GET", f"{one}/members", None),
        ("PATCH", one, {"name": "Mine now"}),
        ("POST", f"{one}/membership", {"accepted_rules_version": 1}),
        ("PATCH", f"{one}/membership", {"disclosure": "None."}),
        ("DELETE", f"{one}/membership", None),
        ("GET", f"{one}/requests", None),
        ("POST", f"{one}/requests/{user.id}", {"approve": True}),
        ("GET", f"{one}/invitations", None),
        ("POST", f"{one}/invitations", {"email": "eve@example.org"}),
        ("DELETE", f"{one}/invitations/{invitation.id}", None),
        ("PATCH", f"{one}/members/{coordinator.id}", {"role": "learner"}),
        ("POST", f"{one}/members/{coordinator.id}/removal", {"reason": "Reason"}),
        ("DELETE", f"{one}/members/{user.id}/removal", None),
    ]:
        status, answer = api(method, path, body)
        is_open = method == "GET" and not path.endswith(("requests", "invitations"))
        assert status == (404 if who != "stranger" or is_open else 401), (method, path)
        assert CANARY not in str(answer)


def test_an_administrator_gets_no_more_than_the_policy_says(make: Factory, call: Any) -> None:
    admin = make.user(role=SiteRole.ADMINISTRATOR)
    room = make.room(coordinator=make.user(), visibility="invitation")
    api = call(admin)
    assert api("GET", f"/rooms/{room.slug}")[0] == 200
    assert api("POST", f"/rooms/{room.slug}/membership", {"accepted_rules_version": 1})[0] == 403
    assert db.session.scalar(select(Membership.id).where(Membership.user_id == admin.id)) is None
