"""Coordinators verify the professions of their members, if somebody verified theirs."""

from __future__ import annotations

import pytest

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.accounts.services.verification import verify_profession
from social_cme.core.errors import Conflict, Forbidden, NotFound
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.members import remove_member, unverify_member, verify_member
from tests.factories import Factory
from tests.rooms.conftest import Visit


@pytest.fixture
def cora(make: Factory) -> User:
    user = make.user("Cora")
    verify_profession(actor=None, user_id=user.id, evidence="Register")
    return user


@pytest.fixture
def ada(make: Factory) -> User:
    return make.user("Ada")


@pytest.fixture
def room(make: Factory, cora: User, ada: User) -> Room:
    return make.room(coordinator=cora, members=(ada,))


def test_a_verified_coordinator_verifies_a_member_and_takes_it_back(room: Room, cora: User, ada: User) -> None:
    verify_member(open_room(cora, room.slug), user_id=ada.id, evidence="Letter of the hospital")
    assert ada.is_verified
    unverify_member(open_room(cora, room.slug), user_id=ada.id)
    assert not ada.is_verified


def test_who_may_not_verify_is_refused(make: Factory, room: Room, cora: User, ada: User) -> None:
    second = make.user("Unverified Coordinator")
    make.membership(room, second, role="coordinator")
    mentor = make.user("Mentor")
    make.membership(room, mentor, role="mentor")
    for actor, target in ((second, ada), (mentor, ada), (ada, ada), (cora, cora)):
        with pytest.raises(Forbidden):
            verify_member(open_room(actor, room.slug), user_id=target.id, evidence="Register")
    stranger = make.user()
    with pytest.raises(NotFound):
        verify_member(open_room(cora, room.slug), user_id=stranger.id, evidence="Register")
    remove_member(open_room(cora, room.slug), user_id=ada.id, reason="Left the hospital")
    with pytest.raises(Conflict):
        verify_member(open_room(cora, room.slug), user_id=ada.id, evidence="Register")
    assert not ada.is_verified


def test_an_administrator_verifies_in_any_room(make: Factory, room: Room, ada: User) -> None:
    admin = make.user(role=SiteRole.ADMINISTRATOR)
    verify_member(open_room(admin, room.slug), user_id=ada.id, evidence="Register")
    assert ada.is_verified


def test_the_page_of_a_member_offers_it_and_says_what_was_done(visit: Visit, room: Room, cora: User, ada: User) -> None:
    browser, page = visit(cora), f"/rooms/{room.slug}/members/{ada.id}"
    assert "Proof you have seen" in browser.get(page).text
    refused = browser.send(f"{page}/verify", evidence="")
    assert refused.status_code == 422
    assert browser.send(f"{page}/verify", evidence="Register").status_code == 303
    shown = browser.get(page).text
    assert "verified by Cora" in shown
    assert "Proof: Register" in shown
    assert "Profession verified" in browser.get(f"/people/{ada.id}").text
    assert browser.send(f"{page}/verify", evidence="Again").status_code == 409
    assert browser.send(f"{page}/unverify").status_code == 303
    assert "Profession not verified" in browser.get(f"/people/{ada.id}").text
