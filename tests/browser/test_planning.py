"""Before a session, in a browser: a place that becomes free, new times, and every page of planning on a phone and a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.live.services import questions, rsvps, schedule, series
from social_cme.live.services.schedule import Plan
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser

Enter = Callable[..., Visitor]


def _plan(mentor: User, co_mentor: User, **changes: object) -> Plan:
    begin = (clock.now() + timedelta(days=3)).replace(tzinfo=None, second=0, microsecond=0)
    return Plan(
        **{
            "title": "Loop diuretics on the ward",
            "starts": begin,
            "ends": begin + timedelta(hours=1),
            "time_zone": "America/New_York",
            "mentor_ids": (mentor.id,),
            "co_mentor_ids": (co_mentor.id,),
            "capacity": 1,
            "eligible_professions": (),
            **changes,
        }  # type: ignore[arg-type]
    )


@pytest.fixture
def people(make: Factory) -> list[User]:
    return [make.user(name) for name in ("Mentor Moreno", "Coordinator Cole", "Learner Lee", "Peer Park")]


@pytest.fixture
def room(make: Factory, people: list[User]) -> Room:
    mentor, coordinator, *members = people
    room = make.room(mentor=mentor, coordinator=coordinator, members=members)
    make.disclose(room, mentor, "Speaker fees from Acme Pharma in the last two years.")
    return room


def test_a_place_that_becomes_free_is_seen_at_once(enter: Enter, people: list[User], room: Room) -> None:
    mentor, coordinator, learner, peer = people
    session = schedule.schedule_session(open_room(mentor, room.slug), plan=_plan(mentor, coordinator))
    rsvps.set_rsvp(open_room(peer, room.slug), session.id, going=True)
    one, two = enter(learner), enter(peer)
    address = f"/rooms/{room.slug}/live/{session.id}"
    page, other = one.go(address), two.go(address)
    page.get_by_role("button", name="Wait for a place").click()
    expect(page.get_by_text("You are number 1 in line.")).to_be_visible()
    expect(other.locator("[data-waiting]")).to_have_text("1")
    other.get_by_role("button", name="I am coming").click()
    expect(page.get_by_role("button", name="I am coming")).to_have_attribute("aria-pressed", "true", timeout=10_000)
    expect(page.get_by_text("in line.")).to_be_hidden()
    assert one.axe() == []


def test_the_pages_of_planning_are_accessible_on_a_phone_and_a_desk(
    enter: Enter, people: list[User], room: Room
) -> None:
    mentor, coordinator, learner, peer = people
    start = _plan(mentor, coordinator).starts
    found = series.schedule_series(
        open_room(mentor, room.slug),
        plan=_plan(mentor, coordinator, starts=start, eligible_professions=("physician", "nurse", "pharmacist")),
        rule="FREQ=WEEKLY;COUNT=5",
    )
    session = schedule.schedule_session(open_room(mentor, room.slug), plan=_plan(mentor, coordinator, capacity=20))
    for user, body in (
        (learner, "How much furosemide do you give a patient with a bad kidney?"),
        (peer, "How much furosemide for patients with bad kidneys?"),
    ):
        questions.ask(open_room(user, room.slug), session.id, body=body)
        rsvps.set_rsvp(open_room(user, room.slug), session.id, going=True)
    base = f"/rooms/{room.slug}/live"
    pages = {
        "new": f"{base}/new",
        "edit": f"{base}/{found[1].id}/edit",
        "cancel": f"{base}/{found[1].id}/cancel",
        "series": f"{base}/series/{found[0].series_id}",
        "prepare": f"{base}/{session.id}/prepare",
        "lobby": f"{base}/{session.id}",
        "calendar": "/account/calendar",
    }
    wrong = []
    for scheme, size in (("dark", {"viewport": PHONE}), ("light", {})):
        visitor = enter(mentor, color_scheme=scheme, reduced_motion="reduce", **size)
        for name, path in pages.items():
            page = visitor.go(path)
            for box in page.locator("details.plan-more > summary").all():
                box.click()
            wrong += [f"{name} ({scheme}): {one}" for one in visitor.axe()]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wrong += [f"{name} ({scheme}): {wide} px too wide"] if wide > 0 else []
    assert not wrong, "\n".join(wrong)
