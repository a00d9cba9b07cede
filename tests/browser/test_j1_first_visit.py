"""J1, the first visit: sign up, confirm, say who one is, join a room, answer a case with a source, get an endorsement, see it count."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from flask import Flask

from config import Settings
from social_cme.discussions.services import threads
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor, mails
from tests.factories import Factory
from tests.server import Server

pytestmark = pytest.mark.browser

EMAIL = "nora.newcomer@example.org"
SECRET = "seven quiet herons wade"


def _mail_to(settings: Settings, address: str) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        texts = mails(settings, to=address)
        if texts:
            return texts[-1]
        time.sleep(0.2)
    raise AssertionError("no mail went out")


def test_j1_first_visit(
    app: Flask,
    make: Factory,
    server: Server,
    settings: Settings,
    visitors: Callable[..., Visitor],
    enter: Callable[..., Visitor],
) -> None:
    mentor = make.user("Adaeze Mentor")
    author = make.user("Daniel Author")
    room = make.room(
        mentor=mentor,
        members=(author,),
        name="Acute heart failure",
        objectives=["Choose a starting dose of a loop diuretic."],
        ground_rules_html="<p>No identifiers.</p>",
    )
    make.disclose(room, mentor, "No relevant financial relationships.")
    case = {
        "presenting_problem": "Breathless for two days.",
        "question": "Push the diuretic or back off?",
    }
    thread = threads.post_thread(
        open_room(author, room.slug),
        kind="case",
        title="Creatinine climbing, still wet",
        case=case,
        setting="inpatient",
        age_band="65-89",
    )
    thread_id, slug = thread.id, room.slug
    visitor = visitors(server.url, viewport=PHONE)
    page = visitor.page

    # Sign up and confirm by the mailed link.
    visitor.go("/register")
    page.get_by_label("Name", exact=True).fill("Nora Newcomer")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(SECRET)
    page.get_by_label(re.compile("I work or study in health care")).check()
    page.get_by_role("button", name="Create the account").click()
    page.get_by_text(EMAIL).wait_for()
    link = re.search(r"https?://\S+/confirm/\S+", _mail_to(settings, EMAIL))
    assert link is not None
    page.goto(link.group(0))
    page.get_by_role("button", name="Confirm the address").click()

    # Say who one is.
    page.get_by_label("Profession").select_option("physician")
    page.get_by_label("Specialty").select_option("cardiology")
    page.get_by_label("Career stage").select_option("resident")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(lambda url: "/welcome" not in url)

    # Join a room, having seen what it is for and who stands behind it.
    visitor.go(f"/rooms/{slug}/about")
    main = page.get_by_role("main")
    main.get_by_text("Choose a starting dose of a loop diuretic.").wait_for()
    main.get_by_text("No relevant financial relationships.").first.wait_for()
    page.get_by_label(re.compile("I have read the ground rules")).check()
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_load_state()

    # Read and answer with a source.
    visitor.go(f"/rooms/{slug}/threads/{thread_id}")
    main.get_by_text("Push the diuretic or back off?").wait_for()
    page.get_by_role("textbox", name=re.compile("^Your (answer|reply)")).fill(
        "Push. He is warm and wet; see **DOSE** for the doses."
    )
    page.get_by_label(re.compile("^Sources")).fill("DOSE trial, NEJM 2011 doi:10.1056/NEJMoa1005419")
    page.get_by_role("button", name="Post answer").click()
    answer = page.get_by_role("article", name="Answer by Nora Newcomer")
    answer.get_by_role("link", name=re.compile("DOSE trial")).wait_for()
    assert visitor.axe() == []

    # The mentor endorses it.
    guide = enter(mentor)
    guide.go(f"/rooms/{slug}/threads/{thread_id}")
    guide.page.get_by_role("link", name=re.compile("^Endorse")).click()
    guide.page.get_by_label(re.compile("^GRADE")).select_option("moderate")
    guide.page.get_by_label(re.compile("Why you stand behind it")).fill("Warm and wet is the right frame.")
    guide.page.get_by_role("main").get_by_role("button", name="Endorse").click()
    guide.page.get_by_text("Warm and wet is the right frame.").wait_for()

    # The learner sees it, is told of it, and finds it on record.
    visitor.go(f"/rooms/{slug}/threads/{thread_id}")
    answer.get_by_text("Adaeze Mentor").wait_for()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        visitor.go("/participation")
        if (
            main.get_by_text(re.compile("endorse", re.IGNORECASE)).count()
            and main.get_by_text(re.compile("Answer")).count()
        ):
            break
        time.sleep(0.3)
    main.get_by_role("link", name=re.compile("Creatinine climbing")).first.wait_for()
    visitor.go("/notifications")
    main.get_by_text(re.compile("Adaeze Mentor")).first.wait_for()
