"""J3 in its first form: a mentor leads a live session; everybody sees the same queue, and every question becomes a thread."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from social_cme.core import clock
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser


def test_j3_a_mentor_leads_a_live_session(make: Factory, enter: Callable[..., Visitor]) -> None:
    mentor, maya, noah = make.user("Mira Mentor"), make.user("Maya Learner"), make.user("Noah Learner")
    room = make.room(mentor=mentor, members=(maya, noah))
    slug = room.slug
    guide = enter(mentor)
    page = guide.go(f"/rooms/{slug}/live/new")

    # Put it on the calendar.
    starts = clock.now() + timedelta(minutes=20)
    page.get_by_label("Title").fill("Bring the patient who is stuck")
    page.get_by_label("Starts").fill(starts.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Ends").fill((starts + timedelta(minutes=45)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Time zone of these times").select_option("UTC")
    page.get_by_role("group", name="Led by").get_by_label("Mira Mentor").check()
    page.get_by_role("button", name="Put it on the calendar").click()
    page.get_by_role("heading", level=1, name="Bring the patient who is stuck").wait_for()
    address = page.url.removeprefix(guide.url)

    # In the lobby people say that they come and ask beforehand.
    first, second = enter(maya, viewport=PHONE), enter(noah)
    first.go(address)
    first.page.get_by_role("button", name=re.compile("I am coming")).click()
    second.go(address)
    second.page.get_by_label("Ask a question").fill("When do you add acetazolamide?")
    second.page.get_by_role("button", name="Ask", exact=True).click()
    second.page.locator(".queue-text", has_text="When do you add acetazolamide?").first.wait_for()
    first.page.locator(".queue-text", has_text="When do you add acetazolamide?").first.wait_for()

    # The mentor starts; the lobbies open by themselves.
    page.get_by_role("button", name="Start the session").click()
    for one in (guide, first, second):
        one.page.get_by_text(re.compile("Answering now")).first.wait_for()
    assert guide.axe() == []
    assert first.axe() == []

    # Questions and votes reach everybody.
    first.page.get_by_label("Ask a question").fill("Is a rising creatinine a reason to stop?")
    first.page.get_by_role("button", name="Ask", exact=True).click()
    for one in (guide, second):
        one.page.locator(".queue-text", has_text="Is a rising creatinine a reason to stop?").first.wait_for()
    second.page.get_by_role("button", name=re.compile("votes. I want this answered: Is a rising")).click()
    voted = second.page.get_by_role("button", name=re.compile("votes. I want this answered: Is a rising"), pressed=True)
    voted.wait_for()

    # The mentor takes it up and answers; it is in large type on every screen.
    page.get_by_role("button", name=re.compile("Answer now.*Is a rising")).click()
    for one in (first, second):
        now = one.page.get_by_role("region", name="Answering now")
        now.locator(".queue-text", has_text="Is a rising creatinine").wait_for()
    page.get_by_role("button", name="Answered, take the next").click()
    second.page.get_by_role("region", name="Answering now").locator(".queue-text", has_text="acetazolamide").wait_for()

    # Chat goes both ways, also after a connection that was lost.
    second.page.get_by_role("textbox", name="Message").fill("Thank you, that was clear.")
    second.page.get_by_role("button", name="Send").click()
    guide.page.get_by_text("Thank you, that was clear.").wait_for()
    second.context.set_offline(True)
    page.get_by_role("textbox", name="Message").fill("Written while Noah was away.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Written while Noah was away.").wait_for()
    second.context.set_offline(False)
    second.page.get_by_text("Written while Noah was away.").wait_for(timeout=30_000)

    # The end: every question is a thread of the room, answered or not.
    page.get_by_text("End the session").click()
    page.get_by_role("button", name="End it now").click()
    deadline = time.monotonic() + 30
    titles: list[str] = []
    while time.monotonic() < deadline and len(titles) < 2:
        guide.go(f"/rooms/{slug}")
        titles = page.locator(".thread-row h3").all_inner_texts()
        time.sleep(0.3)
    assert any("rising creatinine" in title for title in titles)
    assert any("acetazolamide" in title for title in titles)
    second.go(address)
    second.page.get_by_text("Ended", exact=True).first.wait_for()
    second.page.get_by_role("link", name="Read the thread").first.wait_for()
