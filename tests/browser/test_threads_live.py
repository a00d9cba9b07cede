"""A thread's page that stays open: what comes in appears once and in place, and what is written is never lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from social_cme.accounts.models import LoginSession, User
from social_cme.core import clock
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.queries.drafts import find_draft
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.comments import post_comment
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory
from tests.server import cookie_of

pytestmark = pytest.mark.browser
Enter = Callable[..., Visitor]


@dataclass
class Ward:
    """A room with a thread in it, and its people."""

    room: Room
    thread: Thread
    asker: User
    peer: User
    address: str

    def answer(self, body: str, user: User | None = None) -> Post:
        return post_answer(open_room(user or self.peer, self.room.slug), thread_id=self.thread.id, body=body)


@pytest.fixture
def ward(make: Factory) -> Ward:
    asker, peer = make.user("Ada Asker"), make.user("Ben Peer")
    room = make.room(members=(asker, peer))
    thread = post_thread(open_room(asker, room.slug), kind="question", title="Which dose?", body="For a child.")
    return Ward(room, thread, asker, peer, f"/rooms/{room.slug}/threads/{thread.id}")


def post_over_http(enter: Enter, ward: Ward, body: str) -> None:
    """Answer through the running server, so that it tells the open pages."""
    page = enter(ward.peer).go(ward.address)
    page.locator("#answer-form textarea[name=body]").fill(body)
    page.get_by_role("button", name="Post answer").click()
    page.locator("article", has_text=body).wait_for()


def test_an_answer_appears_once(ward: Ward, enter: Enter) -> None:
    page = enter(ward.asker).go(ward.address)
    post_over_http(enter, ward, "Ten milligrams for each kilogram.")
    expect(page.locator("[data-answers] article")).to_have_count(1)
    expect(page.locator("#answers")).to_have_text("1 answer")
    # The forms in it work like those of the page.
    page.locator("[data-answers] article").get_by_role("button", name=re.compile("^Helpful")).click()
    expect(page.locator("[data-answers] article button[aria-pressed=true]")).to_have_count(1)
    expect(page.locator("[data-answers] article")).to_have_count(1)


def test_a_reader_further_up_is_told_and_nothing_moves(ward: Ward, enter: Enter) -> None:
    for number in range(8):
        ward.answer(f"Answer {number}. " + "Words that make it long. " * 30)
    page = enter(ward.asker, viewport=PHONE).go(ward.address)
    page.evaluate("scrollTo(0, 200)")
    top = page.evaluate("document.querySelector('#opening').getBoundingClientRect().top")
    post_over_http(enter, ward, "The newest of all.")
    offer = page.locator("[data-new-bar]")
    expect(offer).to_have_text("1 new reply")
    assert page.evaluate("document.querySelector('#opening').getBoundingClientRect().top") == top
    offer.click()
    expect(page.locator("[data-answers] article")).to_have_count(9)
    expect(page.locator("[data-answers] article").last).to_be_focused()
    expect(offer).to_be_hidden()


def test_a_comment_comes_into_its_place(ward: Ward, enter: Enter) -> None:
    answer = ward.answer("Ten.")
    page = enter(ward.asker).go(ward.address)
    other = enter(ward.peer).go(f"{ward.address}?comment={answer.id}")
    other.locator("#comment-form textarea[name=body]").fill("For adults only.")
    other.get_by_role("button", name="Post comment").click()
    expect(page.locator(f"#post-{answer.id} .comment")).to_have_count(1)
    expect(page.locator(f"#post-{answer.id} .comment")).to_contain_text("For adults only.")


def test_scores_and_marks_follow(ward: Ward, enter: Enter) -> None:
    answer = ward.answer("Ten.")
    reader = enter(ward.peer).go(ward.address)
    page = enter(ward.asker).go(ward.address)
    page.locator(f"#post-{answer.id}").get_by_role("button", name=re.compile("^Helpful")).click()
    expect(reader.locator(f"#post-{answer.id} [data-score]")).to_contain_text("1")
    page.locator(f"#post-{answer.id}").get_by_role("button", name=re.compile("^Accept")).click()
    expect(reader.locator(f"#post-{answer.id} .post-marks")).to_contain_text("Accepted by the author")


def test_a_post_is_quoted_with_its_author_and_address(ward: Ward, enter: Enter) -> None:
    post_comment(open_room(ward.peer, ward.room.slug), thread_id=ward.thread.id, body="Which child?")
    answer = ward.answer("Ten milligrams.")
    page = enter(ward.asker).go(ward.address)
    page.locator("[data-editor-bar]:visible").first.wait_for()
    page.locator(f"#post-{answer.id} .post-head summary").click()
    page.get_by_role("link", name="Quote in your answer").click()
    written = page.locator("#answer-form textarea[name=body]").input_value()
    assert written.startswith("> Ten milligrams.\n>\n> [Ben Peer](/rooms/")
    assert f"/posts/{answer.id})" in written


# ------------------------------------------------------------------ writing


def write(page: Page, text: str) -> None:
    page.locator("#answer-form textarea[name=body]").fill(text)


def test_a_draft_is_kept_after_a_pause_and_gone_once_posted(ward: Ward, enter: Enter) -> None:
    page = enter(ward.peer).go(ward.address)
    write(page, "Ten milligrams.")
    expect(page.locator("[data-draft-state]")).to_contain_text(re.compile(r"Draft saved \d"), timeout=15_000)
    write(page, "Ten milligrams for each kilogram.")
    page.get_by_role("button", name="Post answer").click()
    page.locator("article", has_text="for each kilogram").wait_for()
    db.session.rollback()
    assert find_draft(ward.peer.id, f"thread:{ward.thread.id}:answer") is None
    assert page.locator("#answer-form textarea[name=body]").input_value() == ""


def test_what_is_written_without_a_connection_comes_back(ward: Ward, enter: Enter) -> None:
    visitor = enter(ward.peer)
    page = visitor.go(ward.address)
    cut: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731
    page.route("**/api/v1/drafts/**", cut)
    write(page, "Written in the lift.")
    expect(page.locator("[data-draft-state]")).to_contain_text("kept in this browser")
    page.unroute("**/api/v1/drafts/**", cut)
    page = visitor.go(ward.address)
    expect(page.locator("#answer-form textarea[name=body]")).to_have_value("Written in the lift.")
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")


def written(page: Page) -> Locator:
    return page.locator("#answer-form textarea[name=body]")


def test_offline_text_waits_in_the_browser_and_is_sent_on_return(ward: Ward, enter: Enter) -> None:
    visitor = enter(ward.peer)
    page = visitor.go(ward.address)
    expect(page.locator("[data-editor-bar]:visible").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    visitor.context.set_offline(True)
    write(page, "Written in the lift.")
    expect(page.locator("[data-draft-state]")).to_contain_text("kept in this browser")
    visitor.context.set_offline(False)
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    db.session.rollback()
    draft = find_draft(ward.peer.id, f"thread:{ward.thread.id}:answer")
    assert draft is not None
    assert draft.content == {"body": "Written in the lift."}


def test_text_written_offline_is_sent_from_any_page_later(ward: Ward, enter: Enter) -> None:
    visitor = enter(ward.peer)
    page = visitor.go(ward.address)
    expect(page.locator("[data-editor-bar]:visible").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    visitor.context.set_offline(True)
    write(page, "Written in the lift.")
    expect(page.locator("[data-draft-state]")).to_contain_text("kept in this browser")
    visitor.context.set_offline(False)
    with page.expect_response(re.compile("/api/v1/drafts/")):
        page.goto(f"{visitor.url}/about")
    page = visitor.go("/drafts")
    expect(page.get_by_text("Written in the lift.")).to_be_visible()


def end_log_ins(user: User) -> None:
    with transaction() as tx:
        for login in tx.session.scalars(select(LoginSession).filter_by(user_id=user.id)):
            login.ended_at = clock.now()


def test_a_log_in_that_ended_loses_no_text_and_gives_it_to_nobody_else(
    ward: Ward, enter: Enter, app: Flask, make: Factory
) -> None:
    visitor = enter(ward.peer)
    page = visitor.go(ward.address)
    expect(page.locator("[data-editor-bar]:visible").first).to_be_visible()
    end_log_ins(ward.peer)
    write(page, "Written too long.")
    expect(page.locator("[data-draft-state]")).to_contain_text("You are logged out")
    assert (
        page.get_by_role("link", name="log in again").get_attribute("href")
        == f"/login?next={quote(ward.address, safe='')}"
    )
    for person, text in ((ward.asker, ""), (ward.peer, "Written too long.")):
        name, _, value = cookie_of(app, make, person).partition("=")
        visitor.context.add_cookies([{"name": name, "value": value, "url": visitor.url}])
        page = visitor.go(ward.address)
        expect(page.locator("[data-editor-bar]:visible").first).to_be_visible()
        expect(written(page)).to_have_value(text)
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")


def test_a_busy_server_is_asked_again(ward: Ward, enter: Enter) -> None:
    page = enter(ward.peer).go(ward.address)
    answers = iter([503])
    page.route(
        "**/api/v1/drafts/**",
        lambda route: route.fulfill(status=503, json={"title": "Busy"}) if next(answers, None) else route.continue_(),
    )
    write(page, "Written at a bad moment.")
    expect(page.locator("[data-draft-state]")).to_contain_text("kept in this browser")
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")


def test_logging_out_leaves_no_text_in_the_browser(ward: Ward, enter: Enter) -> None:
    visitor = enter(ward.peer)
    page = visitor.go(ward.address)
    expect(page.locator("[data-editor-bar]:visible").first).to_be_visible()
    cut: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731
    page.route("**/api/v1/drafts/**", cut)
    write(page, "Written in the lift.")
    expect(page.locator("[data-draft-state]")).to_contain_text("kept in this browser")
    kept = "Object.keys(localStorage).filter((name) => name.startsWith('draft:')).length"
    assert page.evaluate(kept) == 1
    page.locator(".header-tools summary").click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("alert").get_by_text("only in this browser").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("link", name="Log in").first.wait_for()
    assert page.evaluate(kept) == 0


@pytest.mark.parametrize(
    ("keeps", "kept"),
    [
        ("Keep the text in this window", "From the desk."),
        ("Keep the text from the other window", "From the phone."),
        ("Keep both", "From the desk.\n\nFrom the phone."),
    ],
)
def test_two_windows_lose_nothing(ward: Ward, enter: Enter, keeps: str, kept: str) -> None:
    page = enter(ward.peer).go(ward.address)
    place = f"thread:{ward.thread.id}:answer"
    save_draft(ward.peer, place=place, content={"body": "From the phone."}, revision=0)
    write(page, "From the desk.")
    notice = page.locator("[data-draft-conflict]")
    notice.wait_for()
    shown = [notice.locator("textarea").nth(side).input_value() for side in range(2)]
    assert shown == ["From the desk.", "From the phone."]
    notice.get_by_role("button", name=keeps).click()
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    assert page.locator("#answer-form [name=body]").input_value() == kept
    db.session.rollback()
    draft = find_draft(ward.peer.id, place)
    assert draft is not None
    assert draft.content == {"body": kept}


def test_the_preview_is_what_the_server_would_post(ward: Ward, enter: Enter) -> None:
    page = enter(ward.peer, viewport=PHONE).go(ward.address)
    write(page, "**Ten** <script>alert(1)</script>")
    page.locator("[data-editor-mode=preview]").first.click()
    pane = page.locator("[data-editor-preview]").first
    expect(pane.locator("strong")).to_have_text("Ten")
    assert pane.locator("script").count() == 0
    page.locator("[data-editor-mode=write]").first.click()
    assert page.locator("#answer-form [name=body]").input_value().startswith("**Ten**")
    page.locator("md-bold").first.click()
    assert page.locator("#answer-form [name=body]").input_value().count("**") > 2
