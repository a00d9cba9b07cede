"""J7 in its first form: a report, the review queue, a decision with its reason, the log; identifiers are hidden at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from social_cme.discussions.services import answers, threads
from social_cme.rooms.queries import open_room
from tests.browser.conftest import Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser


def test_j7_a_report_is_decided_with_a_reason_and_logged(
    app: Flask, make: Factory, enter: Callable[..., Visitor]
) -> None:
    mentor, author, reader = make.user("Mira Mentor"), make.user("Ada Author"), make.user("Rosa Reader")
    seller = make.user("Sven Seller")
    room = make.room(mentor=mentor, members=(author, reader, seller))
    door = open_room(author, room.slug)
    thread = threads.post_thread(
        door, kind="question", title="Which monitor?", body="For our ward, which monitor is best?"
    )
    promo = answers.post_answer(
        open_room(seller, room.slug), thread_id=thread.id, body="Buy ours, a discount for readers."
    )
    leak = answers.post_answer(
        open_room(seller, room.slug), thread_id=thread.id, body="Ask the patient in bed four by name."
    )
    address, slug, promo_id, leak_id = f"/rooms/{room.slug}/threads/{thread.id}", room.slug, promo.id, leak.id

    # A member reports an advertisement, and something that identifies a patient.
    one = enter(reader)
    for post_id, words in ((promo_id, "Commercial bias"), (leak_id, "Could identify a patient")):
        page = one.go(f"/rooms/{slug}/posts/{post_id}/flag")
        page.get_by_label(re.compile(words)).check()
        page.get_by_role("button", name="Send report").click()
        page.wait_for_load_state()
    page = one.go(address)
    page.get_by_text("Buy ours").wait_for()
    assert page.get_by_text("in bed four").count() == 0

    # The mentor decides; a reason is needed.
    guide = enter(mentor)
    queue = guide.go(f"/rooms/{slug}/moderation")
    assert guide.axe() == []
    report = queue.locator("li", has_text="Buy ours").last
    report.get_by_role("button", name=re.compile("Hide it")).click()
    queue.get_by_role("alert").first.wait_for()
    report = queue.locator("li", has_text="Buy ours").last
    report.get_by_label("Reason").fill("Advertising is not discussion.")
    report.get_by_role("button", name=re.compile("Hide it")).click()
    queue.wait_for_load_state()
    report = queue.locator("li", has_text="in bed four").last
    report.get_by_label("Reason").fill("This could identify a patient.")
    report.get_by_role("button", name=re.compile("Leave it hidden")).click()
    queue.wait_for_load_state()

    # Readers see that something was hidden and why, the author still sees the words, the log tells who did it.
    page = one.go(address)
    page.get_by_text("Advertising is not discussion.").wait_for()
    assert page.get_by_text("Buy ours").count() == 0
    own = enter(seller).go(address)
    own.get_by_text("Buy ours").wait_for()
    log = guide.go(f"/rooms/{slug}/moderation/log")
    log.get_by_text("Advertising is not discussion.").wait_for()
    assert log.get_by_text("Mira Mentor").count() > 0

    # A lock is told with its reason, and refuses answers.
    guide.go(f"/rooms/{slug}/threads/{thread.id}/lock")
    guide.page.get_by_label("Reason").fill("Settled for now.")
    guide.page.get_by_role("main").get_by_role("button", name=re.compile("Lock")).click()
    page = one.go(address)
    page.get_by_text("Settled for now.").first.wait_for()
    assert page.get_by_role("button", name="Post answer").count() == 0
