"""Reading and writing with comfort: names, quotations, keys, links, notes and paper, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.discussions.models import Mention, Post, Thread
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.comments import post_comment
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.keeping.queries import find_note
from social_cme.keeping.services.notes import save_note
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser
Enter = Callable[..., Visitor]


@dataclass
class Ward:
    """A room with a thread, two answers and a comment."""

    room: Room
    thread: Thread
    first: Post
    second: Post
    comment: Post
    asker: User
    peer: User
    namesake: User
    address: str


@pytest.fixture
def ward(make: Factory) -> Ward:
    asker, peer, namesake = make.user("Ada Asker"), make.user("Ben Peer"), make.user("Ben Peters")
    room = make.room(members=(asker, peer, namesake))
    thread = post_thread(
        open_room(asker, room.slug), kind="question", title="Which dose?", body="For a **small** child."
    )
    door = open_room(peer, room.slug)
    first = post_answer(door, thread_id=thread.id, body="Ten milligrams for each kilogram.\n\nThen wait.")
    second = post_answer(door, thread_id=thread.id, body="Or five.")
    comment = post_comment(open_room(asker, room.slug), thread_id=thread.id, parent_id=first.id, body="By mouth?")
    place = f"/rooms/{room.slug}/threads/{thread.id}"
    return Ward(room, thread, first, second, comment, asker, peer, namesake, place)


def ready(visitor: Visitor, path: str) -> Page:
    page = visitor.go(path)
    page.locator("[data-editor-bar]:visible").first.wait_for()
    return page


def test_a_member_is_chosen_by_keyboard_and_named_by_number(ward: Ward, enter: Enter) -> None:
    visitor = enter(ward.asker)
    page = ready(visitor, ward.address)
    field = page.locator("#answer-form textarea[name=body]")
    field.click()
    field.press_sequentially("Ask @ben pe", delay=20)
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    assert visitor.axe() == []
    field.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(field).to_have_value(re.compile(rf"^Ask @\[Ben Peters\]\(user:{ward.namesake.id}\) ?$"))
    page.get_by_role("button", name="Post answer").click()
    link = page.locator("a.mention")
    expect(link).to_have_text("@Ben Peters")
    expect(link).to_have_attribute("href", f"/people/{ward.namesake.id}")
    db.session.rollback()
    assert list(db.session.scalars(select(Mention.user_id))) == [ward.namesake.id]


def _select(page: Page, selector: str) -> None:
    page.evaluate(
        "(selector) => getSelection().selectAllChildren(document.querySelector(selector))", f"{selector} .prose p"
    )


def test_selected_words_are_quoted_by_button_and_by_key(ward: Ward, enter: Enter) -> None:
    page = ready(enter(ward.asker, viewport=PHONE), ward.address)
    field = page.locator("#answer-form textarea[name=body]")
    page.wait_for_load_state("networkidle")
    offer = page.get_by_role("button", name="Quote", exact=True)
    for _ in range(20):
        # What offers it may have been fetched and yet not begun to listen.
        page.evaluate("getSelection().removeAllRanges()")
        _select(page, f"#post-{ward.first.id}")
        with suppress(Error):
            offer.wait_for(timeout=500)
            break
    expect(offer).to_be_visible()
    offer.click()
    permalink = f"{ward.address}/posts/{ward.first.id}"
    quoted = f"> Ten milligrams for each kilogram.\n>\n> [Ben Peer]({permalink})\n\n"
    expect(field).to_have_value(quoted)
    expect(offer).to_be_hidden()
    page.evaluate("document.activeElement.blur()")
    _select(page, f"#post-{ward.comment.id}")
    page.locator(f"#post-{ward.comment.id} a").first.focus()
    _select(page, f"#post-{ward.comment.id}")
    page.keyboard.press("q")
    expect(field).to_have_value(f"{quoted}> By mouth?\n>\n> [Ada Asker]({ward.address}/posts/{ward.comment.id})\n\n")


def test_keys_do_what_the_help_says(ward: Ward, enter: Enter) -> None:
    page = ready(enter(ward.asker), ward.address)
    page.keyboard.press("j")
    expect(page.locator("#opening")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(f"#post-{ward.first.id}")).to_be_focused()
    page.keyboard.press("v")
    expect(page.locator(f"#post-{ward.first.id}-helpful")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#post-{ward.first.id}")).to_be_focused()
    page.keyboard.press("b")
    expect(page.locator(f"#post-{ward.first.id}-bookmark")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("k")
    expect(page.locator("#opening")).to_be_focused()
    page.keyboard.press("a")
    field = page.locator("#answer-form textarea[name=body]")
    expect(field).to_be_focused()
    page.keyboard.type("ja, b?")
    expect(field).to_have_value("ja, b?")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_text("Write an answer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Bookmarks", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Answer in Which dose?")).to_be_visible()


def test_keys_can_be_switched_off(ward: Ward, enter: Enter) -> None:
    visitor = enter(ward.asker)
    page = visitor.go("/help/keyboard")
    page.get_by_label("Use single-key shortcuts").uncheck()
    page = ready(visitor, ward.address)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("body")).to_be_focused()
    page.get_by_role("link", name="Keyboard shortcuts").click()
    page.get_by_role("dialog").get_by_label("Use single-key shortcuts").check()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    expect(page.locator("#opening")).to_be_focused()


def test_a_link_is_copied_and_leads_to_the_marked_post(ward: Ward, enter: Enter) -> None:
    visitor = enter(ward.asker, permissions=["clipboard-read", "clipboard-write"])
    page = ready(visitor, ward.address)
    page.locator(f"#post-{ward.comment.id}").get_by_text("More actions").locator("..").click()
    page.locator(f"#post-{ward.comment.id}").get_by_role("link", name="Copy link").click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f"{visitor.url}{ward.address}/posts/{ward.comment.id}"
    page = visitor.go(copied.removeprefix(visitor.url))
    marked = page.locator(f"#post-{ward.comment.id}")
    expect(marked).to_be_in_viewport()
    assert marked.evaluate("(element) => element.matches(':target')")


def test_a_private_note_saves_itself_and_loses_nothing(ward: Ward, enter: Enter) -> None:
    page = ready(enter(ward.peer), ward.address)
    page.get_by_text("Your private note", exact=True).click()
    field, state = page.locator("#note-body"), page.locator("[data-note-state]")
    field.fill("Look up the dose.")
    expect(state).to_contain_text("Note saved")
    db.session.rollback()
    kept = find_note(ward.peer.id, ward.thread.id)
    assert kept is not None
    save_note(
        open_room(ward.peer, ward.room.slug), thread_id=ward.thread.id, body="From the phone.", revision=kept.revision
    )
    field.fill("Looked up.")
    page.get_by_role("button", name="Keep both").click()
    expect(field).to_have_value("Looked up.\n\nFrom the phone.")
    expect(state).to_contain_text("Note saved")


def test_paper_shows_the_thread_and_nothing_to_press(ward: Ward, enter: Enter) -> None:
    page = enter(ward.peer).go(f"{ward.address}/print")
    page.emulate_media(media="print")
    for words in ("Which dose?", "Ten milligrams for each kilogram.", "By mouth?", "Not for emergencies."):
        expect(page.locator("main").get_by_text(words).first).to_be_visible()
    visible = page.locator("button, nav, form, .site-header").evaluate_all(
        "(all) => all.filter((one) => one.offsetParent !== null).length"
    )
    assert visible == 0
