"""A rotation in real browsers: two learners and a mentor go through two short rounds, with a warning and a chat of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from social_cme.core import clock
from social_cme.live.models import Breakout, BreakoutRound
from social_cme.live.services import breakouts, leading, schedule, stations
from social_cme.live.services.breakouts import Timing
from social_cme.live.services.schedule import Plan
from social_cme.live.services.stations import StationPlan
from social_cme.persistence.transaction import transaction
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser

Enter = Callable[..., Visitor]


def test_two_learners_and_a_mentor_go_through_two_rounds(enter: Enter, make: Factory) -> None:
    mira, maya, noah = (make.user(name) for name in ("Mira", "Maya", "Noah"))
    room = make.room(mentor=mira, members=(maya, noah))
    ctx = open_room(mira, room.slug)
    start = clock.now().replace(tzinfo=None) + timedelta(minutes=20)
    plan = Plan(title="Careers", starts=start, ends=start + timedelta(hours=1), time_zone="UTC", mentor_ids=(mira.id,))
    session = schedule.schedule_session(ctx, plan=plan)
    leading.start_session(ctx, session.id)
    made = breakouts.create_breakout(ctx, session.id, kind="rotation", timing=Timing(2, 30, 60)).breakout.id
    for name in ("Research", "Teaching"):
        stations.add_station(ctx, session.id, made, station=StationPlan(name, f"About {name.lower()}"))
    breakouts.form(ctx, session.id, made, by_hand=[[maya.id], [noah.id]])

    mentor, first, second = enter(mira), enter(maya, viewport=PHONE), enter(noah)
    for one in (mentor, first, second):
        one.go(f"/rooms/{room.slug}/live/{session.id}")
        one.page.get_by_text("Connected", exact=True).wait_for(state="attached")
    card, other = (one.page.locator("[data-card]") for one in (first, second))
    card.get_by_text("Groups are being formed").wait_for()
    mentor.page.get_by_role("button", name="Start the rounds").click()
    card.get_by_text("Go to Research").wait_for()
    other.get_by_text("Go to Teaching").wait_for()
    assert not first.axe()

    mentor.page.get_by_role("button", name="Begin the round now").click()
    card.get_by_text("Round 1 of 2").wait_for()
    # A round of half a minute is all warning: seen by everybody, and said once.
    card.get_by_text(re.compile(r"\d+ seconds left\. Next: Teaching\.")).wait_for()
    first.page.get_by_role("status").filter(has_text="seconds left").wait_for(state="attached")
    current = mentor.page.get_by_role("row", name="Group 1").get_by_role("cell")
    assert current.all_inner_texts() == ["Research", "Teaching"]

    # The group's chat and notes are its own.
    mentor_note = "Bring the ECG"
    first.page.get_by_role("textbox", name="Message to your group").fill("Among us")
    first.page.keyboard.press("Enter")
    first.page.get_by_role("log", name="Messages of the group").get_by_text("Among us").wait_for()
    first.page.get_by_role("textbox", name="What the group writes down together").fill(mentor_note)
    first.page.get_by_role("button", name="Save the notes").click()
    first.page.get_by_text("Saved", exact=True).wait_for()
    assert second.page.get_by_text("Among us").count() == 0
    width = first.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]

    mentor.page.get_by_role("button", name="End this round").click()
    card.get_by_text("Go to Teaching").wait_for()
    assert not card.get_by_text("seconds left").is_visible()
    mentor.page.get_by_role("button", name="Begin the round now").click()
    card.get_by_text("Round 2 of 2").wait_for()
    mentor.page.get_by_role("button", name="Pause", exact=True).click()
    card.get_by_text("Paused").wait_for()
    mentor.page.get_by_role("button", name="2 minutes more").click()
    mentor.page.get_by_role("button", name="Go on").click()
    card.get_by_text("Round under way").wait_for()
    card.get_by_text(re.compile(r"^2:\d\d$")).wait_for()
    _end_in(session.id, made, seconds=1)
    # Nobody presses anything: the end of the last round brings everybody back.
    for one in (first, second):
        one.page.locator("[data-card]").wait_for(state="detached")
    mentor.page.get_by_role("link", name="Its plan and attendance").click()
    mentor.page.get_by_role("heading", name="Attendance by round").wait_for()
    assert not mentor.axe()


def _end_in(session_id: int, breakout_id: int, *, seconds: int) -> None:
    moment: Any = clock.now() + timedelta(seconds=seconds)
    with transaction() as tx:
        tx.session.execute(
            update(BreakoutRound)
            .where(BreakoutRound.breakout_id == breakout_id, BreakoutRound.state == "running")
            .values(ends_at=moment)
        )
        tx.session.execute(update(Breakout).where(Breakout.session_id == session_id).values(due_at=moment))
