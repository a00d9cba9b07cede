"""What changes by itself before people who only look: the pause on the projector, and the summary on the page of the archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from social_cme.core import clock
from social_cme.live.services import leading, schedule
from social_cme.live.services.archiving import archive_session
from social_cme.live.services.schedule import Plan
from social_cme.rooms.queries import open_room
from tests.browser.conftest import Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser


def test_the_hall_sees_the_pause_and_readers_the_summary(enter: Callable[..., Visitor], make: Factory) -> None:
    mira, maya = make.user("Mira"), make.user("Maya")
    room = make.room(mentor=mira, members=(maya,))
    guide = open_room(mira, room.slug)
    start = clock.now().replace(tzinfo=None) + timedelta(minutes=20)
    plan = Plan(
        title="Day three", starts=start, ends=start + timedelta(hours=1), time_zone="UTC", mentor_ids=(mira.id,)
    )
    session = schedule.schedule_session(guide, plan=plan)
    leading.start_session(guide, session.id)
    address = f"/rooms/{room.slug}/live/{session.id}"
    mentor, hall = enter(mira), enter(maya)
    mentor.go(address)
    hall.go(f"{address}/projector")
    hall.page.wait_for_load_state("networkidle")
    hall.page.keyboard.press("p")
    expect(hall.page.get_by_text("No poll is open")).to_be_visible()
    mentor.page.get_by_text("Connected", exact=True).wait_for(state="attached")
    mentor.page.locator("[data-pace='session.pause'] button").click()
    expect(hall.page.get_by_text("Paused", exact=True)).to_be_visible()
    expect(hall.page.locator("[data-left]")).to_be_hidden()
    assert hall.axe() == []
    mentor.page.locator("[data-pace='session.resume'] button").click()
    expect(hall.page.locator("[data-left]")).to_be_visible()
    expect(hall.page.get_by_text("Paused", exact=True)).to_be_hidden()

    leading.end_session(guide, session.id)
    archive_session(session.id)
    reader = enter(maya)
    reader.go(address)
    reader.page.get_by_text("The mentors have not written one yet.").wait_for()
    reader.page.wait_for_load_state("networkidle")
    reader.page.evaluate("() => (window.same = true)")
    for text in ("Double the **dose** at home.", "Double the **dose** in the morning."):
        mentor.go(f"{address}/summary")
        mentor.page.get_by_label("Summary").fill(text)
        mentor.page.get_by_role("button", name="Save").click()
        expect(reader.page.locator("#summary")).to_contain_text(text.replace("**", ""))
    assert reader.page.locator("#summary strong").inner_text() == "dose"
    assert reader.page.evaluate("() => window.same"), "the page was not loaded again"
    expect(reader.page.get_by_role("status").filter(has_text="The summary was changed")).to_have_count(1)
