"""The lobby's check of the connection, and a session that is paused, moved through its agenda, and asks who is still there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from social_cme.core import clock
from social_cme.live.rules import SegmentPlan
from social_cme.live.services.schedule import Plan, schedule_session
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser

AGENDA = (
    SegmentPlan(title="Why loops fail", minutes=20, kind="didactic"),
    SegmentPlan(title="Coffee", minutes=10, kind="break", countable=False),
)
ASKED = """document.querySelector("[data-live]").dispatchEvent(new CustomEvent("live:pulse", {
    detail: {answer_by: new Date(Date.now() + 170000).toISOString(), seconds: 60, why: ""}}))"""


def test_a_session_is_gone_through_by_its_agenda(make: Factory, enter: Callable[..., Visitor]) -> None:
    mentor, maya = make.user("Mira Mentor"), make.user("Maya Learner")
    room = make.room(mentor=mentor, members=(maya,))
    start = (clock.now() + timedelta(minutes=20)).replace(tzinfo=None)
    plan = Plan(
        title="Bring the patient who is stuck",
        starts=start,
        ends=start + timedelta(hours=1),
        time_zone="UTC",
        mentor_ids=(mentor.id,),
        segments=AGENDA,
        still_here_minutes=15,
    )
    address = f"/rooms/{room.slug}/live/{schedule_session(open_room(mentor, room.slug), plan=plan).id}"
    guide, learner = enter(mentor), enter(maya, viewport=PHONE, color_scheme="dark")

    # The lobby: without a camera or a microphone it is known that it will work, and a lost connection is said with what to do.
    page = learner.go(address)
    status = page.get_by_role("status").filter(has_text=re.compile(r"You are connected, \d+ ms"))
    status.wait_for()
    assert learner.axe() == []
    learner.context.set_offline(True)
    page.get_by_role("status").filter(has_text="You are not connected").wait_for()
    page.get_by_text("ask whether websockets are allowed").wait_for()
    learner.context.set_offline(False)
    status.wait_for(timeout=30_000)

    # The plan: lines are added and taken away in the page, and the sum is told.
    form = guide.go(f"{address}/edit")
    form.get_by_text("30 minutes in all, 20 count, 0 % of them interactive").wait_for()
    form.get_by_role("button", name="Add a segment").click()
    form.get_by_label("Segment 3: Title").fill("The patient who is stuck")
    form.get_by_label("Minutes").nth(2).fill("30")
    form.get_by_label("Interactive").nth(2).check()
    form.get_by_text("60 minutes in all, 50 count, 60 % of them interactive").wait_for()
    form.get_by_role("button", name="Move segment 3 up").click()
    form.get_by_role("button", name="Save changes").click()
    page.get_by_role("region", name="Agenda").get_by_text("The patient who is stuck").wait_for()

    # Segments and pauses are the same for everybody at once, and the clock stands still.
    form.get_by_role("button", name="Start the session").click()
    page.locator("[data-pace-now]", has_text="Now: Why loops fail").wait_for()
    form.get_by_role("button", name="Next: The patient who is stuck").click()
    page.locator("[data-pace-now]", has_text="Now: The patient who is stuck").wait_for()
    form.get_by_role("button", name="Pause the session").click()
    page.get_by_role("status").filter(has_text="Nothing counts until the session goes on").wait_for()
    assert page.locator("time[data-remaining]").count() == 0
    assert learner.axe() == []
    form.get_by_role("button", name="Resume the session").click()
    page.locator("time[data-remaining]").first.wait_for()
    assert not page.get_by_text("Nothing counts until the session goes on").is_visible()

    # The question takes no focus away and goes with one key.
    page.evaluate(ASKED)
    asked = page.get_by_role("region", name="Are you still here?")
    asked.get_by_text("within 3 minutes").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert learner.axe() == []
    asked.get_by_role("button", name="I am here").press("Enter")
    asked.wait_for(state="hidden")
