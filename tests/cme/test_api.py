"""Participation over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.rooms.enums import Visibility
from tests.cme.ward import NOON, Ward, deliver
from tests.factories import Factory

Login = Callable[[User], FlaskClient]


def test_ones_ledger_is_read_page_by_page(ward: Ward, login: Login) -> None:
    thread = ward.thread()
    for _ in range(3):
        ward.answer(thread)
    ward.hide(thread)
    deliver()
    browser = login(ward.peer)
    first = browser.get("/api/v1/me/participation?limit=2").json
    second = browser.get(f"/api/v1/me/participation?limit=2&cursor={first['next_cursor']}").json
    assert [len(first["items"]), len(second["items"])] == [2, 1]
    assert second["next_cursor"] is None
    item = first["items"][0]
    assert (item["activity"], item["is_counted"], item["room_slug"]) == ("answer_written", True, ward.room.slug)
    # The thread is hidden, so what it was called is no longer told.
    assert item["title"] == ""
    assert item["occurred_at"].endswith(("Z", "+00:00"))


def test_ones_standing_follows_the_own_calendar(ward: Ward, login: Login) -> None:
    with clock.at(NOON):
        ward.answer(ward.thread(), ward.learner)
    ward.attend(ward.session(), ward.learner, 0, 45)
    deliver()
    with clock.at(NOON.replace(month=6)):
        found = login(ward.learner).get("/api/v1/me/participation/summary").json
    assert found["time_zone"] == "UTC"
    assert found["quarter"]["name"] == "2026 Q2"
    assert found["quarter"]["totals"]["minutes"] == 45
    assert found["year"]["totals"]["answers"] == 1


def test_a_room_is_read_by_its_guides_alone(ward: Ward, make: Factory, login: Login) -> None:
    ward.answer(ward.thread())
    deliver()
    address = f"/api/v1/rooms/{ward.room.slug}/participation"
    found = login(ward.mentor).get(f"{address}?sort=answers&limit=1").json
    assert [item["display_name"] for item in found["items"]] == ["Peer"]
    assert found["next_cursor"]
    assert login(ward.learner).get(address).status_code == 403
    hidden = make.room(mentor=ward.mentor, visibility=Visibility.INVITATION)
    assert login(ward.learner).get(f"/api/v1/rooms/{hidden.slug}/participation").status_code == 404


def test_a_stranger_learns_nothing(client: FlaskClient, ward: Ward) -> None:
    for path in ("me/participation", "me/participation/summary", f"rooms/{ward.room.slug}/participation"):
        assert client.get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("sort=password_hash", 422),
        ("since=yesterday", 422),
        ("since=2026-01-01T00:00:00", 422),
        ("since=0001-01-01T00:00:00%2B23:00", 422),
        ("since=9999-12-31T23:59:59-23:00", 422),
        ("since=2026-01-01T00:00:00%2B01:00", 200),
        ("limit=0", 422),
        ("limit=101", 422),
        ("cursor=x", 400),
    ],
)
def test_wrong_questions_are_refused_by_name(ward: Ward, login: Login, query: str, status: int) -> None:
    answer = login(ward.mentor).get(f"/api/v1/rooms/{ward.room.slug}/participation?{query}")
    assert answer.status_code == status


def test_a_cursor_of_the_far_future_or_past_is_no_fault(ward: Ward, login: Login) -> None:
    from social_cme.core.pagination import encode_cursor

    browser = login(ward.learner)
    for moment in (2**62, -(2**62), 0):
        answer = browser.get(f"/api/v1/me/participation?cursor={encode_cursor(moment, 1)}")
        assert answer.status_code == 200
