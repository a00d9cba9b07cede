"""The live room up close: a chat that stays where one reads, a dialog that steers, words that survive a reload."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from social_cme.core import clock
from social_cme.live import events
from social_cme.live.models import LiveSession
from social_cme.live.services import chat, leading, questions, schedule
from social_cme.live.services.schedule import Plan
from social_cme.persistence.transaction import transaction
from social_cme.realtime.replay import FAR_BEHIND
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

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
    ctx = open_room(people["Mira"], room.slug)
    start = clock.now().replace(tzinfo=None) + timedelta(minutes=20)
    plan = Plan(
        title="Wet on day three",
        starts=start,
        ends=start + timedelta(hours=1),
        time_zone="UTC",
        mentor_ids=(people["Mira"].id,),
    )
    return schedule.schedule_session(ctx, plan=plan)


def test_the_chat_stays_where_somebody_reads_and_counts_what_is_new(
    enter: Enter, room: Room, session: LiveSession, people: dict[str, Any]
) -> None:
    leading.start_session(open_room(people["Mira"], room.slug), session.id)
    for number in range(40):
        chat.post_message(open_room(people["Noah"], room.slug), session.id, body=f"Line {number}")
    reader, writer = enter(people["Maya"], viewport=PHONE), enter(people["Noah"])
    for one in (reader, writer):
        one.go(f"/rooms/{room.slug}/live/{session.id}")
    writer.page.get_by_text("Connected", exact=True).wait_for()
    page = reader.page
    page.get_by_role("button", name=re.compile("^Chat")).click()
    log = page.get_by_role("log", name="Messages, oldest first")
    log.get_by_text("Line 39").wait_for()
    log.evaluate("log => (log.scrollTop = 0)")
    for number in range(3):
        writer.page.get_by_role("textbox", name="Message").fill(f"News {number}")
        writer.page.keyboard.press("Enter")
        writer.page.get_by_text(f"News {number}").wait_for()
    jump = page.get_by_role("button", name="3 new messages")
    jump.wait_for()
    assert log.evaluate("log => log.scrollTop") == 0
    jump.click()
    assert log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") <= 1
    # From message to message by the arrow keys, and by Home to the first.
    focused = "document.activeElement.querySelector('.chat-text')?.textContent"
    assert page.evaluate(focused) == "News 2"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "News 1"
    page.keyboard.press("Home")
    assert page.evaluate(focused) == "Line 0"
    # Who stands at the end is taken along.
    page.keyboard.press("End")
    log.evaluate("log => (log.scrollTop = log.scrollHeight)")
    writer.page.get_by_role("textbox", name="Message").fill("The last word")
    writer.page.keyboard.press("Enter")
    log.get_by_text("The last word").wait_for()
    assert log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") <= 1
    assert not jump.is_visible()


def test_what_is_written_in_the_lobby_survives_the_start(
    enter: Enter, room: Room, session: LiveSession, people: dict[str, Any]
) -> None:
    guide, learner = enter(people["Mira"]), enter(people["Maya"])
    for one in (guide, learner):
        one.go(f"/rooms/{room.slug}/live/{session.id}")
    learner.page.get_by_label("Ask a question").fill("Half a thought")
    guide.page.get_by_role("button", name="Start the session").click()
    learner.page.get_by_text("Answering now").first.wait_for()
    assert learner.page.get_by_label("Ask a question").input_value() == "Half a thought"


def test_a_mentor_merges_skips_and_hides_from_the_dialog(
    enter: Enter, room: Room, session: LiveSession, people: dict[str, Any]
) -> None:
    leading.start_session(open_room(people["Mira"], room.slug), session.id)
    for body in ("Which dose?", "How much to begin with?", "Is there parking?", "The mayor of room four?"):
        questions.ask(open_room(people["Noah"], room.slug), session.id, body=body)
    guide, learner = enter(people["Mira"]), enter(people["Maya"])
    for one in (guide, learner):
        one.go(f"/rooms/{room.slug}/live/{session.id}")

    def steer(body: str) -> Any:
        guide.page.get_by_role("link", name=f"More for: {body}").click()
        return guide.page.get_by_role("dialog")

    dialog = steer("How much to begin with?")
    assert guide.axe() == []
    dialog.get_by_label("Merge into").select_option(label="Which dose?")
    dialog.get_by_role("button", name="Merge").click()
    target = learner.page.locator("[data-list=open] > li", has_text="Which dose?")
    target.get_by_text("1 more asked the same").wait_for()
    target.locator(".queue-merged .queue-text", has_text="How much to begin with?").wait_for()

    dialog = steer("Is there parking?")
    dialog.get_by_label("Reason, shown to everybody").fill("Not clinical")
    dialog.get_by_role("button", name="Skip with this reason").click()
    learner.page.get_by_text("Answered so far").click()
    learner.page.get_by_text("Skipped: Not clinical").wait_for()

    dialog = steer("The mayor of room four?")
    dialog.get_by_label("Reason, shown to everybody").fill("A patient could be recognized")
    dialog.get_by_role("button", name="Hide the question").click()
    learner.page.get_by_text("Hidden: A patient could be recognized").wait_for()
    assert "mayor" not in learner.page.locator("main").inner_html()
    # A page that is opened now shows the same.
    before = learner.page.locator(".queue-text:visible").all_inner_texts()
    learner.page.reload()
    learner.page.get_by_text("Answered so far").click()
    assert learner.page.locator(".queue-text:visible").all_inner_texts() == before


def test_lines_typed_faster_than_they_are_acknowledged_all_go_out_once(
    enter: Enter, room: Room, session: LiveSession, people: dict[str, Any]
) -> None:
    leading.start_session(open_room(people["Mira"], room.slug), session.id)
    writer = enter(people["Maya"])
    page = writer.go(f"/rooms/{room.slug}/live/{session.id}")
    page.get_by_text("Connected", exact=True).wait_for()
    field = page.get_by_role("textbox", name="Message")
    field.fill("First line")
    # All in one turn of the browser, before any answer can come; pressing twice says nothing twice.
    field.evaluate(
        """(field) => {
          for (const line of ["First line", "First line", "Second line", "Second line"]) {
            field.value = line;
            field.form.requestSubmit();
          }
        }"""
    )
    log = page.get_by_role("log", name="Messages, oldest first")
    log.get_by_text("Second line").wait_for()
    expect(field).to_have_value("")
    assert log.locator(".chat-text").all_inner_texts() == ["First line", "Second line"]


def test_what_is_pressed_without_a_connection_goes_out_later(
    enter: Enter, room: Room, session: LiveSession, people: dict[str, Any]
) -> None:
    leading.start_session(open_room(people["Mira"], room.slug), session.id)
    question = questions.ask(open_room(people["Mira"], room.slug), session.id, body="Which dose?")
    learner, other = enter(people["Maya"]), enter(people["Noah"])
    for one in (learner, other):
        one.go(f"/rooms/{room.slug}/live/{session.id}")
        one.page.get_by_text("Connected", exact=True).wait_for()
    learner.context.set_offline(True)
    learner.page.get_by_text("Offline", exact=True).wait_for()
    learner.page.locator(f"#question-{question.id}").get_by_role("button", name=re.compile("I want this")).click()
    learner.page.get_by_label("Ask a question").fill("Sent without a connection")
    learner.page.get_by_role("button", name="Ask", exact=True).click()
    learner.context.set_offline(False)
    other.page.locator(".queue-text", has_text="Sent without a connection").wait_for(timeout=20_000)
    other.page.locator(f"#question-{question.id}[data-score='1']").wait_for()
    assert other.page.locator("[data-list=open] > li", has_text="Sent without a connection").count() == 1
    learner.troubles[:] = [one for one in learner.troubles if "ERR_INTERNET_DISCONNECTED" not in one]


def test_who_missed_very_much_gets_the_present_state_and_keeps_what_was_being_written(
    enter: Enter, room: Room, session: LiveSession, people: dict[str, Any]
) -> None:
    """A thousand facts and more are not told one by one; the page loads the state, as if it had been opened now."""
    mentor = open_room(people["Mira"], room.slug)
    leading.start_session(mentor, session.id)
    learner, other = enter(people["Maya"]), enter(people["Noah"])
    learner.go(f"/rooms/{room.slug}/live/{session.id}")
    learner.page.get_by_text("Connected", exact=True).wait_for()
    learner.page.get_by_label("Ask a question").fill("Half a question about")
    learner.page.get_by_role("textbox", name="Message").fill("Half a line")
    learner.page.wait_for_load_state("networkidle")
    learner.context.set_offline(True)
    learner.page.get_by_text("Offline", exact=True).wait_for()
    question = questions.ask(mentor, session.id, body="Asked meanwhile?")
    line = chat.post_message(mentor, session.id, body="Said meanwhile.")
    with transaction() as tx:
        for _ in range(FAR_BEHIND + 1):
            tx.record(
                events.ChatPosted(actor_id=line.author_id, room_id=room.id, session_id=session.id, message_id=line.id)
            )
    learner.page.evaluate("document.body.dataset.before = 'true'")
    learner.context.set_offline(False)
    learner.page.locator("body:not([data-before])").wait_for(timeout=30_000)
    learner.page.get_by_text("Connected", exact=True).wait_for()
    assert learner.page.get_by_label("Ask a question").input_value() == "Half a question about"
    assert learner.page.get_by_role("textbox", name="Message").input_value() == "Half a line"
    learner.page.get_by_role("textbox", name="Message").press("Enter")
    log = learner.page.get_by_role("log", name="Messages, oldest first")
    log.get_by_text("Half a line").wait_for()
    other.go(f"/rooms/{room.slug}/live/{session.id}")
    for one in (learner, other):
        one.page.locator(f"#question-{question.id}").wait_for()
        assert one.page.locator(".chat-text").all_inner_texts() == ["Said meanwhile.", "Half a line"]
    learner.troubles[:] = [one for one in learner.troubles if "ERR_INTERNET_DISCONNECTED" not in one]
