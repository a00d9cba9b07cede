"""The queue and the chat in depth, in browsers: a question under a pseudonym that waits, its order and label; replies and reactions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from social_cme.core import clock
from social_cme.live.services import chat, leading, questions, schedule
from social_cme.live.services.options import OptionsChange
from social_cme.live.services.schedule import Plan
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser

Enter = Callable[..., Visitor]


def test_a_question_waits_is_shown_placed_and_labelled_while_the_chat_goes_on(enter: Enter, make: Factory) -> None:
    mira, maya, noah = (make.user(name) for name in ("Mira Mentor", "Maya Learner", "Noah Learner"))
    room = make.room(mentor=mira, members=(maya, noah))
    door = open_room(mira, room.slug)
    start = clock.now().replace(tzinfo=None) + timedelta(minutes=20)
    plan = Plan(
        title="Wet on day three",
        starts=start,
        ends=start + timedelta(hours=1),
        time_zone="UTC",
        mentor_ids=(mira.id,),
        queue=OptionsChange(approve_first=True, labels=["dose", "evidence"]),
    )
    session = schedule.schedule_session(door, plan=plan)
    leading.start_session(door, session.id)
    for body in ("How much potassium is too little?", "When do you stop?"):
        questions.ask(door, session.id, body=body)
    line = chat.post_message(open_room(noah, room.slug), session.id, body="Good evening, all.")
    address = f"/rooms/{room.slug}/live/{session.id}"
    mentor, asker, phone = enter(mira), enter(maya), enter(noah, viewport=PHONE)
    for one in (mentor, asker, phone):
        one.go(address)
        one.page.get_by_text("Connected", exact=True).wait_for(state="attached")

    # Under a pseudonym, and nobody but the two sees it until it is shown.
    ask = asker.page
    ask.get_by_label("Ask a question").fill("Which dose, when the kidneys are poor?")
    assert not ask.get_by_text("Who can see through a pseudonym").is_visible()
    ask.get_by_label("Ask as").select_option("member")
    assert ask.get_by_text("Who can see through a pseudonym").is_visible()
    ask.get_by_role("button", name="Ask", exact=True).click()
    mine = ask.get_by_role("region", name="Your questions that are not shown")
    mine.get_by_text("waits for approval").wait_for()
    waiting = mentor.page.get_by_role("region", name="Waiting for your approval")
    staged = waiting.get_by_role("listitem")
    staged.wait_for()
    assert "Member of this room" in staged.inner_text()
    assert phone.page.get_by_text("when the kidneys are poor").count() == 0
    assert [one.axe() for one in (mentor, asker, phone)] == [[], [], []]
    waiting.get_by_role("button", name=re.compile("^Show it")).click()
    queue = ask.locator('[data-list="open"] > li')
    queue.nth(2).wait_for()
    mine.wait_for(state="hidden")
    assert ask.get_by_text("you, under a pseudonym").is_visible()

    # To the top by the keyboard, then a label, by which everybody can filter.
    up = mentor.page.get_by_role("button", name=re.compile("^Move to the top: Which dose"))
    up.focus()
    mentor.page.keyboard.press("Enter")
    mentor.page.locator('[data-list="open"] > li:first-child', has_text="kidneys").wait_for()
    phone.page.locator('[data-list="open"] > li:first-child', has_text="kidneys").wait_for()
    mentor.page.get_by_role("link", name=re.compile("^More for: Which dose")).click()
    dialog = mentor.page.get_by_role("dialog")
    assert dialog.get_by_role("link", name="Ask the author in private").is_visible()
    dialog.get_by_label("dose", exact=True).check()
    dialog.get_by_role("button", name="Set labels").click()
    phone.page.locator(".queue-labels", has_text="dose").first.wait_for()
    phone.page.get_by_role("link", name="dose", exact=True).click()
    assert phone.page.locator('[data-list="open"] > li:visible').count() == 1

    # A reply and a reaction, both by the keyboard.
    said = ask.locator(f"#message-{line.id}")
    said.focus()
    ask.keyboard.press("Enter")
    ask.get_by_role("button", name="I agree").press("Enter")
    said.get_by_role("button", name=re.compile("I agree: *1")).wait_for()
    said.focus()
    ask.keyboard.press("Enter")
    ask.get_by_role("button", name="Reply", exact=True).press("Enter")
    ask.get_by_role("textbox", name="Message").fill("Hello there")
    ask.keyboard.press("Enter")
    answer = mentor.page.locator("article", has_text="Hello there")
    answer.wait_for()
    assert "Good evening, all." in answer.locator(".chat-quote").inner_text()
    assert mentor.page.locator(f"#message-{line.id} .reaction:visible").inner_text().endswith("1")
    assert [one.axe() for one in (mentor, asker)] == [[], []]
