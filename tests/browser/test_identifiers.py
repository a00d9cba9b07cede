"""The identifier check as a writer meets it: told on a pause, put right with one press, attested with one box."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from social_cme.core import clock
from social_cme.discussions.models import Post
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.live.services import leading, schedule
from social_cme.live.services.schedule import Plan
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser


def test_findings_stand_below_the_field_and_go_with_one_press(
    make: Factory, enter: Callable[..., Visitor], app: Flask
) -> None:
    asker, peer = make.user("Ada Asker"), make.user("Ben Peer")
    room = make.room(members=(asker, peer))
    thread = post_thread(open_room(asker, room.slug), kind="question", title="Which dose?", body="For a child.")
    visitor = enter(peer, viewport=PHONE)
    page = visitor.go(f"/rooms/{room.slug}/threads/{thread.id}")
    field = page.locator("#answer-form textarea[name=body]")
    field.fill("She came in March with MRN 00482913. Her town is Dayton, Ohio.")
    findings = page.locator("#answer-form [data-finding]")
    expect(findings).to_have_count(3)
    expect(findings.nth(0).locator("mark")).to_have_text("in March")
    expect(findings.nth(1)).to_contain_text("Medical record number, has to go")
    assert visitor.axe() == []
    page.get_by_role("button", name="Write “early in the year” instead").click()
    expect(field).to_have_value("She came early in the year with MRN 00482913. Her town is Dayton, Ohio.")
    expect(findings).to_have_count(2)
    # What is left goes to the server, which refuses; nothing of the text is lost.
    page.get_by_role("button", name="Post answer").click()
    expect(page.locator(".error-summary")).to_contain_text("Medical record number (has to go)")
    expect(field).to_have_value("She came early in the year with MRN 00482913. Her town is Dayton, Ohio.")
    page.get_by_role("button", name="Write “[record number removed]” instead").click()
    expect(findings).to_have_count(1)
    page.get_by_label("I have looked at each of these").check()
    page.get_by_role("button", name="Post answer").click()
    page.wait_for_url(lambda address: "#post-" in address)
    with app.app_context():
        (post,) = db.session.scalars(select(Post)).all()
        assert post.body_md == "She came early in the year with [record number removed]. Her town is Dayton, Ohio."


def test_a_line_of_live_chat_can_be_attested(make: Factory, enter: Callable[..., Visitor]) -> None:
    mentor, learner = make.user("Mira"), make.user("Maya")
    room = make.room(mentor=mentor, members=(learner,))
    start = clock.now().replace(tzinfo=None) + timedelta(minutes=20)
    plan = Plan(
        title="Wet on day three",
        starts=start,
        ends=start + timedelta(hours=1),
        time_zone="UTC",
        mentor_ids=(mentor.id,),
    )
    ctx = open_room(mentor, room.slug)
    session = schedule.schedule_session(ctx, plan=plan)
    leading.start_session(ctx, session.id)
    page = enter(learner).go(f"/rooms/{room.slug}/live/{session.id}")
    page.get_by_text("Connected", exact=True).wait_for()
    line = page.get_by_role("textbox", name="Message")
    line.fill("It began in March.")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chat-error]")).to_contain_text("may identify a patient")
    expect(line).to_have_value("It began in March.")
    page.locator(".chat-form").get_by_label("I have looked at each of these").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log").get_by_text("It began in March.")).to_be_visible()
    expect(page.locator(".chat-form [data-finding]")).to_have_count(0)
