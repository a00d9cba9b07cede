"""J2 in its first form: a structured case, a draft that outlives the browser, several accepted answers, an endorsement."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser


def test_j2_a_case_question_from_draft_to_accepted_answers(make: Factory, enter: Callable[..., Visitor]) -> None:
    author, first, second = make.user("Ada Author"), make.user("Ben First"), make.user("Cleo Second")
    mentor = make.user("Mira Mentor")
    room = make.room(mentor=mentor, members=(author, first, second))
    slug = room.slug
    writer = enter(author, viewport=PHONE)
    page = writer.go(f"/rooms/{slug}/threads/new?kind=case")

    # Begun on one device, kept on the server, found on another.
    page.get_by_label("Title").fill("Day three, still congested")
    page.get_by_role("button", name="Next").click()
    page.get_by_label(re.compile("^Presenting problem")).fill("Breathless at rest, legs swollen for two weeks.")
    page.locator("[data-draft-state]", has_text="Draft").wait_for()
    page.get_by_role("button", name="Save and leave").click()
    page.get_by_text("Your draft is kept").wait_for()
    elsewhere = enter(author)
    page = elsewhere.go("/drafts")
    page.get_by_role("link", name=re.compile("^New case")).click()
    assert page.get_by_label("Title").input_value() == "Day three, still congested"

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
    assert elsewhere.axe() == []
    page.get_by_role("button", name="Post case").click()
    page.get_by_role("heading", level=1, name="Day three, still congested").wait_for()
    page.get_by_text("90 years or older").wait_for()
    address = page.url.removeprefix(elsewhere.url).split("?")[0].split("#")[0]

    # Two peers answer; the open page of the author shows it without being loaded again.
    for person, text in ((first, "Push: he is warm and wet."), (second, "First ask about ibuprofen.")):
        peer = enter(person)
        other = peer.go(address)
        other.get_by_role("textbox", name=re.compile("^Your (answer|reply)")).fill(text)
        other.get_by_role("button", name="Post answer").click()
        other.get_by_text(text).wait_for()
    page.get_by_text("First ask about ibuprofen.").wait_for()

    # Several answers helped.
    for name in ("Ben First", "Cleo Second"):
        answer = page.get_by_role("article", name=f"Answer by {name}")
        answer.get_by_role("button", name=re.compile("^Accept")).click()
        answer.get_by_text("Accepted by the author").wait_for()
    peer = enter(second)
    other = peer.go(address)
    assert other.get_by_text("Accepted by the author").count() == 2
    other.get_by_role("article", name="Answer by Ben First").get_by_role("button", name=re.compile("^Helpful")).click()
    pressed = other.get_by_role("article", name="Answer by Ben First").get_by_role(
        "button", name=re.compile("^Helpful"), pressed=True
    )
    pressed.wait_for()
