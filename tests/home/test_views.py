"""The first page and the page about the site."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.models import Thread
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from tests.factories import Factory

Login = Callable[[User], FlaskClient]
CANARY = "canary-7f3a"


def post_case(room: Room, author: User, title: str) -> None:
    moment = clock.now()
    with transaction() as tx:
        tx.add(
            Thread(
                room_id=room.id,
                author_id=author.id,
                kind="case",
                title=title,
                created_at=moment,
                last_activity_at=moment,
            )
        )


def test_a_stranger_reads_what_this_is_and_which_rooms_are_open(make: Factory, client: FlaskClient) -> None:
    make.room(name="Heart failure")
    page = client.get("/").text
    assert "Bring the case" in page
    assert "Heart failure" in page
    assert "Register" in page


def test_a_member_reads_who_needs_them(make: Factory, login: Login) -> None:
    me = make.user()
    room = make.room(name="Heart failure", members=(me,))
    post_case(room, make.user(), "Still wet on day three")
    page = login(me).get("/").text
    for text in ("Who needs you", "Still wet on day three", "No answer yet", "Where you stand", "Heart failure"):
        assert text in page


def test_nothing_is_said_of_credit(make: Factory, login: Login, client: FlaskClient) -> None:
    me = make.user()
    make.room(members=(me,))
    for page in (login(me).get("/").text, client.get("/").text):
        assert "credit" not in page.lower()


@pytest.mark.parametrize("visibility", ["request", "invitation"])
def test_what_is_written_in_a_closed_room_stays_there(
    make: Factory, login: Login, client: FlaskClient, visibility: str
) -> None:
    me, author = make.user(), make.user()
    room = make.room(visibility=visibility, specialty=str(me.specialty), members=(author,))
    post_case(room, author, f"{CANARY} case")
    make.membership(make.room(), me)
    for browser in (client, login(me), login(make.user())):
        for address in ("/", "/about", "/rooms"):
            assert CANARY not in browser.get(address).text


def test_somebody_new_is_told_what_is_missing(make: Factory, login: Login) -> None:
    page = login(make.user(state=AccountState.UNCONFIRMED, profession=None)).get("/").text
    assert "Confirm your e-mail address" in page
    assert "Complete your profile" in page
    page = login(make.user()).get("/").text
    assert "Confirm your e-mail address" not in page
    assert "Complete your profile" not in page


def test_somebody_without_rooms_is_shown_some(make: Factory, login: Login) -> None:
    make.room(name="Heart failure")
    page = login(make.user()).get("/").text
    assert "Rooms to begin with" in page
    assert "Heart failure" in page


def test_the_page_about_the_site_says_it_is_not_for_emergencies(client: FlaskClient) -> None:
    page = client.get("/about")
    assert page.status_code == 200
    assert page.text.count("Not for emergencies") >= 2
    assert "Privacy" in page.text


def test_pages_carry_no_inline_code(make: Factory, login: Login, client: FlaskClient) -> None:
    for page in (client.get("/").text, login(make.user()).get("/").text, client.get("/about").text):
        assert " style=" not in page
        assert "<script>" not in page
