"""Slides, the floor and the projector as people meet them: what moves for all, what one looks at alone, what is announced."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from social_cme.core import clock
from social_cme.live.models import LiveSession
from social_cme.live.services import hands, leading, schedule, slides
from social_cme.live.services.schedule import Plan
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory
from tests.live.decks import pdf

pytestmark = pytest.mark.browser

Enter = Callable[..., Visitor]


@pytest.fixture
def people(make: Factory) -> dict[str, Any]:
    return {name: make.user(name) for name in ("Mira", "Maya", "Noah")}


@pytest.fixture
def room(make: Factory, people: dict[str, Any]) -> Room:
    return make.room(mentor=people["Mira"], members=(people["Maya"], people["Noah"]))


@pytest.fixture
def session(room: Room, people: dict[str, Any]) -> LiveSession:
    """A running session with three slides."""
    ctx = open_room(people["Mira"], room.slug)
    start = clock.now().replace(tzinfo=None) + timedelta(minutes=20)
    end = start + timedelta(hours=1)
    plan = Plan(title="Day three", starts=start, ends=end, time_zone="UTC", mentor_ids=(people["Mira"].id,))
    planned = schedule.schedule_session(ctx, plan=plan)
    slides.upload_deck(ctx, planned.id, data=pdf(["First", "Second", "Third"]), attested=True)
    return leading.start_session(ctx, planned.id)


def test_slides_move_for_everybody_and_a_reader_looks_back_and_rejoins(
    enter: Enter, room: Room, session: LiveSession, people: dict[str, Any]
) -> None:
    address = f"/rooms/{room.slug}/live/{session.id}"
    mentor, reader, hall = enter(people["Mira"]), enter(people["Maya"], viewport=PHONE), enter(people["Mira"])
    for one in (mentor, reader):
        one.go(address)
        one.page.get_by_text("Connected", exact=True).wait_for(state="attached")
    hall.go(f"{address}/projector")
    for one in (mentor, reader, hall):
        one.page.wait_for_load_state("networkidle")
    reader.page.get_by_role("button", name=re.compile("^Slides, polls")).click()
    hall.page.keyboard.press("s")
    mentor.page.locator("[data-frame]").focus()
    mentor.page.keyboard.press("ArrowRight")
    for one in (reader, hall):
        one.page.get_by_role("img", name="Slide 2: Second").wait_for()
    reader.page.get_by_role("status").filter(has_text="Slide 2 of 3: Second").wait_for(state="attached")
    reader.page.get_by_role("link", name="Back one slide").click()
    reader.page.get_by_role("img", name="Slide 1: First").wait_for()
    mentor.page.get_by_role("button", name="Next slide").click()
    hall.page.get_by_role("img", name="Slide 3: Third").wait_for()
    rejoin = reader.page.get_by_role("link", name="The speaker is on 3")
    rejoin.wait_for()
    assert reader.page.get_by_role("img", name="Slide 1: First").is_visible()
    rejoin.click()
    reader.page.get_by_role("img", name="Slide 3: Third").wait_for()
    assert rejoin.is_hidden()
    assert reader.axe() == []
    assert hall.axe() == []


def test_the_floor_is_asked_for_given_and_heard(
    enter: Enter, room: Room, session: LiveSession, people: dict[str, Any]
) -> None:
    hands.raise_hand(open_room(people["Noah"], room.slug), session.id)
    mentor, reader = enter(people["Mira"]), enter(people["Maya"])
    for one in (mentor, reader):
        one.go(f"/rooms/{room.slug}/live/{session.id}")
        one.page.get_by_text("Connected", exact=True).wait_for()
    button = reader.page.get_by_role("button", name="Raise my hand")
    button.click()
    reader.page.get_by_text("you are number 2").wait_for()
    mentor.page.get_by_role("button", name=re.compile("Give the floor.*Maya")).click()
    reader.page.get_by_role("status").filter(has_text="You have the floor.").wait_for(state="attached")
    for one in (mentor, reader):
        one.page.locator("[data-speaker]").get_by_text("Maya").wait_for()
    mentor.page.get_by_role("button", name="Next speaker").click()
    reader.page.locator("[data-speaker]").get_by_text("Noah").wait_for()
    assert button.get_attribute("aria-pressed") == "false"
    reader.page.get_by_text("Share a link").click()
    reader.page.get_by_label("What it is").fill("Trial")
    reader.page.get_by_label("Address").fill("javascript:alert(1)")
    reader.page.get_by_role("button", name="Share", exact=True).click()
    reader.page.get_by_text("Give the whole address").wait_for()
    reader.page.get_by_label("Address").fill("https://example.org/trial")
    reader.page.get_by_role("button", name="Share", exact=True).click()
    mentor.page.get_by_role("link", name="Trial").wait_for()
    assert mentor.axe() == []
