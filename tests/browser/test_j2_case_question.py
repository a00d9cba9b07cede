"""J2, a case question: from the first words on a phone, over a lost connection, to its outcome weeks later."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from social_cme.core import clock
from social_cme.discussions.services.outcomes import ask_for_outcomes
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.media.models import Image
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.browser.test_images import _add, _describe, _drag, _open_editor
from tests.factories import Factory
from tests.media.conftest import files_in
from tests.media.pictures import decoded, photograph

pytestmark = pytest.mark.browser
Enter = Callable[..., Visitor]

TITLE = "Day three, still congested despite furosemide"
HISTORY = "Admitted in March, furosemide 40 mg twice daily since."


def test_j2_a_case_question_from_draft_to_outcome(
    app: Flask, make: Factory, enter: Enter, deliver: Callable[[], int]
) -> None:
    author, first, second = make.user("Ada Author"), make.user("Ben First"), make.user("Cleo Second")
    mentor = make.user("Mira Mentor")
    room = make.room(mentor=mentor, members=(author, first, second))
    door = open_room(second, room.slug)
    post_thread(
        door, kind="question", title="Congested on day three despite furosemide, what next?", body="Which dose?"
    )
    deliver()
    slug = room.slug

    _begin_on_a_phone(enter(author, viewport=PHONE), slug)
    elsewhere = enter(author)
    address = _finish_at_a_desk(elsewhere, app)
    page = elsewhere.page
    _add_a_poll(page)
    for person, text, shares in (
        (first, "Push: he is warm and wet.", "70"),
        (second, "First ask about ibuprofen.", "20"),
    ):
        _vote_and_answer(enter(person).go(address), text, shares)
    # The open page of the author shows the answers without being loaded again.
    page.get_by_text("First ask about ibuprofen.").wait_for()

    # Several answers helped.
    for name in ("Ben First", "Cleo Second"):
        answer = page.get_by_role("article", name=f"Answer by {name}")
        answer.get_by_role("button", name=re.compile("^Accept")).click()
        answer.get_by_text("Accepted by the author").wait_for()
    _guide(enter(mentor), address)
    page.get_by_role("article", name="Answer by Ben First").get_by_text("Warm and wet is the right frame.").wait_for()
    page.get_by_text("Take-home summary").first.wait_for()

    # Two weeks later the author is asked, and tells it; readers see it, and how far off they were is for them alone.
    with clock.at(clock.now() + timedelta(days=15)):
        assert ask_for_outcomes()[0] == 1
        deliver()
    _tell_the_outcome(elsewhere)
    reader = enter(first)
    other = reader.go(address)
    other.get_by_text("The urine sodium came up after the second dose.").wait_for()
    assert other.get_by_text("Accepted by the author").count() == 2
    assert reader.axe() == []
    reader.go("/calibration").get_by_role("link", name=re.compile(TITLE)).first.wait_for()


def _begin_on_a_phone(writer: Visitor, slug: str) -> None:
    """Begin on one device; similar cases are shown, and what is written without a connection is kept."""
    page = writer.go(f"/rooms/{slug}/threads/new?kind=case")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_role("heading", name="Asked before").wait_for()
    page.get_by_role("link", name=re.compile("^Congested on day three")).wait_for()
    page.get_by_role("button", name="Next").click()
    page.get_by_label(re.compile("^Presenting problem")).fill("Breathless at rest, legs swollen for two weeks.")
    state = page.locator("[data-draft-state]")
    expect(state).to_contain_text("Draft saved")
    writer.context.set_offline(True)
    page.get_by_label(re.compile("^History")).fill(HISTORY)
    expect(state).to_contain_text("kept in this browser")
    writer.context.set_offline(False)
    expect(state).to_contain_text("Draft saved")
    page.get_by_role("button", name="Save and leave").click()
    page.get_by_text("Your draft is kept").wait_for()


def _finish_at_a_desk(visitor: Visitor, app: Flask) -> str:
    """Find the draft elsewhere, put right what could identify somebody, add a picture, and post; return the address."""
    page = visitor.go("/drafts")
    page.get_by_role("link", name=re.compile("^New case")).click()
    assert page.get_by_label("Title").input_value() == TITLE
    page.get_by_role("button", name="Problem and history").click()
    history = page.get_by_role("textbox", name=re.compile("^History"))
    assert history.input_value() == HISTORY
    history.press("End")
    page.get_by_role("button", name="Write “early in the year” instead").click()
    expect(history).to_have_value(HISTORY.replace("in March", "early in the year"))
    page.get_by_role("button", name="Examination and results").click()
    _open_editor(page, photograph(1200, 900))
    page.get_by_role("button", name="Crop").click()
    _drag(page, (0.5, 0.0), (1.0, 1.0))
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Black out").click()
    _drag(page, (0.1, 0.1), (0.5, 0.4))
    _describe(page, of_patient=True)
    _add(page)

    # What is missing is named, what was written stays.
    page.get_by_role("button", name="Check and post").click()
    page.get_by_role("button", name="Post case").click()
    page.get_by_role("alert").first.wait_for()
    page.get_by_role("button", name="Problem and history").click()
    assert "legs swollen" in page.get_by_label(re.compile("^Presenting problem")).input_value()
    page.get_by_role("alert").get_by_role("link", name=re.compile("Setting")).click()
    page.get_by_label("Setting").select_option("inpatient")
    page.get_by_label("Age band").select_option("90+")
    page.get_by_role("button", name="Check and post").click()
    page.get_by_role("button", name="Your question").click()
    page.get_by_label(re.compile("^Your question")).fill("Push the diuretic, or back off?")
    page.get_by_role("button", name="Check and post").click()
    page.get_by_role("heading", name="Preview").wait_for()
    assert visitor.axe() == []
    page.get_by_role("button", name="Post case").click()
    page.get_by_role("heading", level=1, name=TITLE).wait_for()
    page.get_by_text("90 years or older").wait_for()
    db.session.rollback()
    kept = files_in(app.extensions["settings"].media_folder)
    assert kept
    assert all(decoded(one.read_bytes()).width < decoded(one.read_bytes()).height for one in kept)
    assert db.session.query(Image).one().consent == "written"
    return page.url.removeprefix(visitor.url).split("?")[0].split("#")[0]


def _add_a_poll(page: Page) -> None:
    page.get_by_role("link", name="Add a step or a poll").click()
    page.get_by_label("Vote on a differential").check()
    page.get_by_label("Your question").fill("What holds the water?")
    page.get_by_label("Diagnoses").fill("Low dose\nA painkiller\nLow output")
    page.get_by_role("button", name="Add the step").click()
    page.get_by_text("What holds the water?").first.wait_for()


def _vote_and_answer(page: Page, text: str, share: str) -> None:
    page.get_by_label("Low dose").fill(share)
    page.get_by_label("A painkiller").fill(str(100 - int(share)))
    page.get_by_role("button", name="Vote", exact=True).click()
    page.get_by_role("button", name="Change my ballot").wait_for()
    page.get_by_role("textbox", name=re.compile("^Your (answer|reply)$")).fill(text)
    page.get_by_role("button", name="Post answer").click()
    page.get_by_text(text).wait_for()


def _guide(visitor: Visitor, address: str) -> None:
    """Endorse one answer with a level of evidence, and say what to take home."""
    page = visitor.go(address)
    page.get_by_role("article", name="Answer by Ben First").get_by_role("link", name=re.compile("^Endorse")).click()
    page.get_by_label(re.compile("^GRADE")).select_option("moderate")
    page.get_by_label(re.compile("Why you stand behind it")).fill("Warm and wet is the right frame.")
    page.get_by_role("main").get_by_role("button", name="Endorse").click()
    page.get_by_text("Warm and wet is the right frame.").wait_for()
    page = visitor.go(f"{address}/summaries/take_home")
    page.get_by_role("textbox", name="Text").fill("Ask for the urine sodium before you give up.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Ask for the urine sodium before you give up.").first.wait_for()


def _tell_the_outcome(visitor: Visitor) -> None:
    page = visitor.go("/notifications")
    page.get_by_role("main").get_by_role("link", name=re.compile("What happened", re.IGNORECASE)).first.click()
    if not page.get_by_role("button", name="Tell it").count():
        page.get_by_role("link", name=re.compile("what happened", re.IGNORECASE)).first.click()
    page.get_by_label(re.compile("^What happened")).fill("The urine sodium came up after the second dose.")
    page.get_by_label(re.compile("^Diagnosis")).fill("Dose below the threshold")
    page.get_by_label("What holds the water?").select_option(label="Low dose")
    page.get_by_label("This is final").check()
    page.get_by_role("button", name="Tell it").click()
    page.get_by_text("The urine sodium came up after the second dose.").first.wait_for()
