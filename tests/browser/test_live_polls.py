"""Vote, discuss, vote again: a mentor and a learner, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from social_cme.core import clock
from social_cme.live.rules.polls import Ballot
from social_cme.live.services import ballots, leading, polls, schedule
from social_cme.live.services.polls import PollPlan
from social_cme.live.services.schedule import Plan
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser


def test_peer_instruction_from_the_first_vote_to_who_moved(enter: Callable[..., Visitor], make: Factory) -> None:
    mira, maya, noah = (make.user(name) for name in ("Mira", "Maya", "Noah"))
    room = make.room(mentor=mira, members=(maya, noah))
    guide = open_room(mira, room.slug)
    start = clock.now().replace(tzinfo=None) + timedelta(minutes=20)
    plan = Plan(
        title="Wet on day three", starts=start, ends=start + timedelta(hours=1), time_zone="UTC", mentor_ids=(mira.id,)
    )
    session = schedule.schedule_session(guide, plan=plan)
    asked = PollPlan(
        kind="quiz",
        question="Still wet: what next?",
        options=("Double furosemide", "Add metolazone", "Wait a day"),
        correct=(2,),
        rationale="Sequential nephron blockade.",
        two_rounds=True,
    )
    poll = polls.create_poll(guide, session.id, plan=asked)
    leading.start_session(guide, session.id)
    address = f"/rooms/{room.slug}/live/{session.id}"
    mentor, learner = enter(mira), enter(maya, viewport=PHONE)
    for one in (mentor, learner):
        one.go(address)
    assert "metolazone" not in learner.page.content().lower(), "a draft is nowhere in the page of a learner"
    learner.page.locator("[data-connection][data-state=connected]").first.wait_for(state="attached")

    mentor.page.get_by_role("button", name="Open now").first.click()
    learner.page.get_by_role("button", name=re.compile("^Slides, polls.*vote now")).click()
    card = learner.page.get_by_role("article", name="Still wet: what next?")
    card.get_by_label("Double furosemide").check()
    # Written past the server, so nobody is told; the next vote tells of both.
    ballots.cast_ballot(open_room(noah, room.slug), session.id, poll.id, ballot=Ballot(choices=[2]))
    card.get_by_role("button", name="Vote").click()
    card.get_by_text("Your vote is in.").wait_for()
    assert not card.get_by_role("button", name="Vote").is_visible()
    assert card.get_by_text("Results are shown after the poll is closed.").is_visible()

    desk = mentor.page.get_by_role("article", name="Still wet: what next?")
    desk.locator(".poll-bars li", has_text="Double furosemide").get_by_text("1 · 50 %").wait_for()
    desk.get_by_role("button", name="Close and discuss").click()
    card.get_by_text("Discuss", exact=True).wait_for()
    assert "nephron" not in learner.page.content(), "why, and what is right, stays back while people talk"

    desk.get_by_role("button", name="Vote again").click()
    card.get_by_label("Add metolazone").check()
    card.get_by_role("button", name="Vote").click()
    card.get_by_text("Your vote is in.").wait_for()
    desk.get_by_role("button", name="Close and show the answer").click()
    card.get_by_text("Sequential nephron blockade.").wait_for()
    assert card.get_by_role("group", name="First vote").get_by_text("1 · 50 %").count() == 2
    assert card.get_by_role("group", name="Second vote").get_by_text("1 · 100 %").is_visible()
    moved = card.get_by_role("row", name="Double furosemide Add metolazone 1")
    moved.wait_for()
    assert learner.axe() == []
    assert mentor.axe() == []
    # A page that is opened now says the same.
    live = card.inner_text()
    learner.page.reload()
    learner.page.get_by_role("button", name=re.compile("^Slides, polls")).click()
    learner.page.get_by_role("article", name="Still wet: what next?").wait_for()
    assert learner.page.get_by_role("article", name="Still wet: what next?").inner_text().split() == live.split()
