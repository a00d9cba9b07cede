"""The pages and the API of planning: series, line, eligibility, calendar address, prep sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.live.queries.board import list_questions
from social_cme.live.services import rsvps, series
from tests.live.stage import NOON, Stage
from tests.live.test_api import Caller
from tests.live.test_api import plan as api_plan
from tests.live.test_views import Page

Open = Callable[[User], Page]


@pytest.fixture
def page(stage: Stage, login: Callable[[User], FlaskClient]) -> Open:
    return lambda user: Page(login(user), stage)


@pytest.fixture
def call(app: Flask, stage: Stage) -> Callable[[User | None], Caller]:
    return lambda user: Caller(app, stage, user)


def form(stage: Stage, **changes: Any) -> dict[str, Any]:
    start = (clock.now() + timedelta(days=7)).replace(hour=18, minute=0)
    return {
        "title": "Wet on day three",
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "Europe/Berlin",
        "mentor_ids": [str(stage.mentor.id)],
        **changes,
    }


def test_a_series_is_planned_changed_and_called_off_without_javascript(stage: Stage, page: Open) -> None:
    mentor, learner = page(stage.mentor), page(stage.learner)
    address = mentor.post("/new", **form(stage, recurrence="fortnight", times="3"))
    assert "/live/series/" in address
    shown = learner.browser.get(address).text
    assert shown.count("Wet on day three</a>") == 3
    assert "every 2 weeks" in shown
    number = re.findall(rf"/rooms/{stage.room.slug}/live/(\d+)", shown)[1]
    assert "2 of 3 in a series" in shown
    lobby = learner.get(f"/{number}")
    assert "Session 2 of 3" in lobby
    edit = mentor.get(f"/{number}/edit")
    assert "This one and all that follow it" in edit
    start = datetime.fromisoformat(re.search(r'name="starts_at"[^>]*value="([^"]+)"', edit).group(1))  # type: ignore[union-attr]
    moved = {
        "starts_at": (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
    }
    mentor.post(f"/{number}/edit", **form(stage, title="Later", scope="following", **moved))
    shown = learner.browser.get(address).text
    assert (shown.count("Later</a>"), shown.count("Wet on day three</a>")) == (2, 1)
    assert len(re.findall(r"20:00 \+0\d00 for the host \(Europe: Berlin\)", shown)) == 2
    mentor.post(f"/{number}/cancel", reason="The speaker is ill", scope="following")
    assert learner.browser.get(address).text.count("Canceled") == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recurrence": "week"}, "Say either how many sessions there are or the last day."),
        ({"recurrence": "week", "times": "3", "last_day": "2027-06-01"}, "Say either how many"),
        ({"recurrence": "week", "times": "105"}, "A series has 2 to 104 sessions."),
        ({"recurrence": "week", "times": "-1"}, "A series has 2 to 104 sessions."),
        ({"recurrence": "week", "times": "1e9"}, "Not a valid integer value"),
        ({"recurrence": "hourly", "times": "3"}, "Not a valid choice"),
        ({"recurrence": "month", "last_day": "9999-12-31"}, "two years"),
        ({"recurrence": "month", "last_day": "nonsense"}, "Not a valid date value"),
        ({"recurrence": "week", "times": "3", "weekdays": ["9"]}, "not a valid choice"),
        ({"eligible_professions": ["wizard"]}, "not a valid choice"),
        ({"co_mentor_ids": ["99999999999"]}, "not a valid choice"),
    ],
)
def test_a_plan_that_is_refused_says_why_and_keeps_what_was_typed(
    stage: Stage, page: Open, changes: dict[str, Any], message: str
) -> None:
    answer = page(stage.mentor).post("/new", 422, **form(stage, **changes))
    assert message in answer
    assert 'value="Wet on day three"' in answer


def test_co_mentors_are_shown_with_their_role_and_steer(stage: Stage, page: Open) -> None:
    address = page(stage.mentor).post("/new", **form(stage, co_mentor_ids=[str(stage.coordinator.id)]))
    number = address.rsplit("/", 1)[1]
    lobby = page(stage.learner).get(f"/{number}")
    assert lobby.count("Co-mentor</span>") == 1
    edit = page(stage.coordinator).get(f"/{number}/edit")
    assert re.search(rf'checked[^>]*name="co_mentor_ids"[^>]*value="{stage.coordinator.id}"', edit)


def test_whoever_waits_reads_the_place_in_line_and_can_leave_it(stage: Stage, page: Open) -> None:
    session = stage.session(capacity=1)
    rsvps.set_rsvp(stage.ctx(stage.peer), session.id, going=True)
    learner = page(stage.learner)
    assert 'data-state="full"' in learner.get(f"/{session.id}")
    learner.post(f"/{session.id}/rsvp", going="1")
    shown = learner.get(f"/{session.id}")
    assert 'data-state="waiting"' in shown
    assert '<span class="numeric" data-position>1</span>' in shown
    assert "You are in line" in learner.get()
    learner.post(f"/{session.id}/rsvp", going="0")
    assert 'data-state="full"' in learner.get(f"/{session.id}")


def test_whom_a_session_is_not_for_finds_the_reason_and_no_button(stage: Stage, page: Open) -> None:
    session = stage.session(eligible_professions=("dentist",))
    shown = page(stage.learner).get(f"/{session.id}")
    assert "This session is for these professions: dentist." in shown
    assert "I am coming" not in shown
    assert 'name="body"' not in shown
    page(stage.learner).post(f"/{session.id}/rsvp", going="1")
    assert session.going_count == 0


def test_times_of_both_zones_stand_with_their_names(stage: Stage, page: Open) -> None:
    with clock.at(NOON):
        session = stage.session(
            starts=datetime(2026, 6, 1, 18), ends=datetime(2026, 6, 1, 19), time_zone="America/New_York"
        )
        learner = page(stage.learner)
        lobby, listed = learner.get(f"/{session.id}"), learner.get()
    for words in ("Jun 1, 2026, 22:00 UTC", "Jun 1, 2026, 18:00 EDT", "America: New York"):
        assert words in lobby
    assert "Jun 1, 2026, 18:00 EDT for the host (America: New York)" in listed


def test_the_calendar_address_is_made_shown_once_renewed_and_ended(stage: Stage, page: Open, app: Flask) -> None:
    session = stage.session()
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    learner = page(stage.learner)
    learner.root = "/account/calendar"
    made = learner.post("", 201, all_sessions="0")
    address = re.search(r"http://localhost(/calendar/[A-Za-z0-9_-]{43}\.ics)", made)
    assert address is not None
    assert app.test_client().get(address.group(1)).status_code == 200
    assert address.group(1) not in learner.get(), "it is not shown again"
    learner.post("/sessions", all_sessions="1")
    assert 'value="1" checked' in learner.get()
    assert address.group(1) not in learner.post("", 201, all_sessions="1")
    assert app.test_client().get(address.group(1)).status_code == 404
    learner.post("/end")
    assert "Make the address" in learner.get()


def test_the_sheet_merges_two_questions_with_one_click(stage: Stage, page: Open) -> None:
    session = stage.session()
    goes = stage.ask(session, body="How much furosemide for a bad kidney?")
    stays = stage.ask(session, stage.peer, body="How much furosemide for bad kidneys?")
    stage.vote(session, stays, stage.learner)
    mentor = page(stage.mentor)
    shown = mentor.get(f"/{session.id}/prepare")
    assert f'name="goes" value="{goes.id}"' in shown
    assert f'name="stays" value="{stays.id}"' in shown
    mentor.post(f"/{session.id}/prepare/merge", goes=str(goes.id), stays=str(stays.id))
    assert "These may ask the same" not in mentor.get(f"/{session.id}/prepare")
    assert {one.id: one.merged_into_id for one in list_questions(session.id)} == {goes.id: stays.id, stays.id: None}
    for wrong in (
        {},
        {"goes": "x", "stays": "1"},
        {"goes": str(2**70), "stays": "1"},
        {"goes": "\u0661", "stays": "1"},
    ):
        mentor.post(f"/{session.id}/prepare/merge", **wrong)
    mentor.post(f"/{session.id}/prepare/merge", 404, goes="999999", stays=str(stays.id))
    page(stage.learner).get(f"/{session.id}/prepare", 403)
    page(stage.learner).post(f"/{session.id}/prepare/merge", 403, goes=str(goes.id), stays=str(stays.id))
    assert "Prep sheet" not in page(stage.learner).get(f"/{session.id}")
    assert "Prep sheet" in mentor.get(f"/{session.id}")


def test_series_line_sheet_and_feed_over_the_api(stage: Stage, call: Callable[[User | None], Caller]) -> None:
    mentor, learner, peer, nobody = call(stage.mentor), call(stage.learner), call(stage.peer), call(None)
    body = api_plan(stage, capacity=1, recurrence="FREQ=WEEKLY;COUNT=3", co_mentor_ids=[stage.coordinator.id])
    first = mentor("POST", "", 201, **body, client_id="series-00001")
    assert mentor("POST", "", 201, **body, client_id="series-00001")["id"] == first["id"]
    assert (first["series_place"], first["series_length"]) == (1, 3)
    assert [(one["id"], one["role"]) for one in first["mentors"]] == [
        (stage.mentor.id, "lead"),
        (stage.coordinator.id, "co_mentor"),
    ]
    one = f"/{first['id']}"
    learner("PUT", f"{one}/rsvp")
    assert peer("PUT", f"{one}/rsvp")["waiting_count"] == 1
    assert peer("GET", f"{one}/rsvp") == {"state": "waiting", "position": 1, "may_come": True, "reason": None}
    state = peer("GET", f"{one}/state")
    assert (state["my_rsvp"], state["my_position"]) == ("waiting", 1)
    assert nobody("GET", f"{one}/rsvp")["may_come"] is False
    changed = mentor("PATCH", one, title="All of them", scope="following", eligible_professions=["physician", "nurse"])
    assert changed["title"] == "All of them"
    mentor.root = mentor.root.replace("/sessions", "/series")
    found = mentor("GET", f"/{first['series_id']}")
    assert {item["title"] for item in found["sessions"]} == {"All of them"}
    assert {tuple(item["eligible_professions"]) for item in found["sessions"]} == {("physician", "nurse")}
    assert found["words"].startswith("every week, on ")
    mentor("GET", "/999999", 404)
    mentor.root = mentor.root.replace("/series", "/sessions")
    assert mentor("GET", f"{one}/prep")["waiting_questions"] == 0
    learner("GET", f"{one}/prep", 403)
    nobody("GET", f"{one}/prep", 401)
    mentor("POST", "", 422, **api_plan(stage, recurrence="FREQ=DAILY;COUNT=3"))
    mentor("POST", "", 422, **api_plan(stage, eligible_professions=["wizard"]))
    second = found["sessions"][1]["id"]
    assert mentor("POST", f"/{second}/cancel", reason="Ill", scope="following")["state"] == "cancelled"
    assert mentor("GET", one)["state"] == "scheduled"


def test_the_calendar_feed_over_the_api(stage: Stage, app: Flask, call: Callable[[User | None], Caller]) -> None:
    learner, nobody = call(stage.learner), call(None)
    learner.root = nobody.root = "/api/v1/calendar-feed"
    for method in ("GET", "DELETE"):
        nobody(method, "", 401)
    learner("GET", "", 404)
    made = learner("POST", "", 201, all_sessions=True)
    assert app.test_client().get(made["address"]).status_code == 200
    assert "address" not in learner("GET")
    assert learner("PATCH", "", all_sessions=False)["all_sessions"] is False
    assert learner("POST", "", 201)["address"] != made["address"]
    learner("DELETE", "", 204)
    assert app.test_client().get(made["address"]).status_code == 404


def test_a_series_of_another_room_is_not_found(stage: Stage, page: Open) -> None:
    start = (clock.now() + timedelta(days=3)).replace(tzinfo=None, second=0, microsecond=0)
    plan = stage.plan(starts=start, ends=start + timedelta(hours=1))
    found = series.schedule_series(stage.ctx(stage.mentor), plan=plan, rule="FREQ=WEEKLY;COUNT=2")
    learner = page(stage.learner)
    learner.get(f"/series/{found[0].series_id}")
    learner.root = f"/rooms/{stage.other_room.slug}/live"
    learner.get(f"/series/{found[0].series_id}", 404)
