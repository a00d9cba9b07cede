"""Hostile texts through every field, shown in a real browser with and without the content security policy: nothing runs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from config import Settings
from social_cme.accounts.models import User
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.comments import post_comment
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.edits import edit_post, edit_thread
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.discussions.services.moderating import lock_thread
from social_cme.discussions.services.threads import close_thread, post_thread
from social_cme.keeping.services.bookmarks import keep_bookmark
from social_cme.keeping.services.notes import save_note
from social_cme.moderation.services.flags import raise_flag
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from social_cme.web.markdown import render_markdown
from tests.browser.conftest import Visitor
from tests.browser.hostile import hostile_texts, packed
from tests.conftest import build_settings
from tests.factories import Factory
from tests.live.stage import Stage

pytestmark = pytest.mark.browser
Enter = Callable[..., Visitor]

# What the page holds that it may not hold, whoever wrote it.
OFFENCES = """() => {
  const found = [];
  const runs = /^(javascript|data|vbscript|livescript|feed|view-source):/i;
  for (const one of document.querySelectorAll("*")) {
    for (const { name, value } of one.attributes) {
      if (/^on/i.test(name)) found.push(`${one.tagName} ${name}=${value}`);
      if (/^(href|src|action|formaction|data|xlink:href|srcdoc|background)$/i.test(name) && !/^(LINK|SCRIPT)$/.test(one.tagName)) {
        if (name === "srcdoc" || runs.test(value.replace(/[\\u0000-\\u0020]/g, ""))) found.push(`${one.tagName} ${name}=${value}`);
      }
      if (name === "style" && one.closest(".prose, .row, .comment")) found.push(`${one.tagName} ${name}=${value}`);
    }
    if (/^(IFRAME|FRAME|OBJECT|EMBED|APPLET|BASE|MARQUEE|PORTAL|STYLE|MATH|FOREIGNOBJECT)$/i.test(one.tagName)) found.push(one.tagName);
    // Data for our scripts runs nowhere.
    if (one.tagName === "SCRIPT" && one.type !== "application/json" && new URL(one.src || "about:blank").origin !== location.origin) found.push(one.outerHTML);
    if (one.closest(".prose") && (one.hasAttribute("name") || (one.id && !/^fn(ref)?-[0-9a-f]{12}-/.test(one.id)))) found.push(one.outerHTML);
  }
  return found.slice(0, 5);
}"""


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Some of the texts hold addresses, which the identifier check would keep from every field."""
    return build_settings(tmp_path / "instance", database_url=database_url, identifier_check="off")


def test_there_are_enough_texts_and_they_would_run() -> None:
    texts = hostile_texts()
    assert len(texts) >= 200
    assert sum("alert(1)" in text for text in texts) > 180


class Planted:
    """A room in which every field holds hostile texts, and the addresses of the pages that show them."""

    def __init__(self, make: Factory) -> None:
        self.make = make
        self._numbers = count()
        names = packed(80)
        self.author, self.peer, self.mentor = (self._person(name) for name in names[:3])
        self.coordinator = make.user("Cora Coordinator")
        self.room = self._room()
        with transaction():
            for name in names[3:]:
                make.membership(self.room, self._person(name))
        self.pages: list[str] = []

    def _person(self, name: str) -> User:
        # Only the letters of a name count for whether it is taken.
        return self.make.user(name, name_key=f"hostile {next(self._numbers)}")

    def _room(self) -> Room:
        text = "\n\n".join(packed(8_000, "\n\n")[:1])
        with transaction():
            for person in (self.author, self.peer, self.mentor):
                person.bio, person.interests = " ".join(packed(2_000)[:1]), packed(60)[:10]
        room = self.make.room(
            mentor=self.mentor,
            coordinator=self.coordinator,
            members=(self.author, self.peer),
            name=packed(100)[0],
            summary=packed(300)[0],
            practice_gap=packed(3_000)[0],
            objectives=packed(300)[:12],
            description_md=text,
            description_html=render_markdown(text),
            ground_rules_md=text,
            ground_rules_html=render_markdown(text),
        )
        self.make.disclose(room, self.mentor, packed(1_000)[0])
        return room

    def plant(self) -> list[str]:
        """Fill every field; return the addresses to look at."""
        slug = self.room.slug
        author, peer, mentor = (open_room(one, slug) for one in (self.author, self.peer, self.mentor))
        # One commit for hundreds of writes.
        with transaction():
            thread_id = self._discussion(author, peer, mentor)
            case_id = self._cases(author, peer)
        session_id = self._live()
        place = f"/rooms/{slug}/threads/{thread_id}"
        return [
            f"{place}/print", f"{place}?order=newest", f"{place}/revisions", f"{place}/note", f"/rooms/{slug}/threads/{case_id}",
            f"/rooms/{slug}", f"/rooms/{slug}?show=case", f"/rooms/{slug}/about", f"/rooms/{slug}/members", f"/people/{self.author.id}",
            f"/rooms/{slug}/moderation", f"/rooms/{slug}/moderation/log", f"/rooms/{slug}/live", f"/rooms/{slug}/live/{session_id}",
            f"/rooms/{slug}/threads/new?kind=question", "/", "/rooms", "/drafts", "/bookmarks", "/notes", "/notifications", "/live",
            *(f"/search?q={quote(words)}" for words in ("alert", *packed(100)[:4])),
        ]  # fmt: skip

    def _discussion(self, author, peer, mentor) -> int:  # type: ignore[no-untyped-def]
        thread = post_thread(author, kind="question", title=packed(150)[0], body=packed(20_000, "\n\n")[0])
        line = packed(200)
        edit_thread(author, thread_id=thread.id, title=packed(150)[1], body="Changed.", reason=line[0])
        for index, text in enumerate(hostile_texts()):
            source = f"{text[:100]} https://a.example/{quote(text[:60])}".replace("\n", " ")
            post = post_answer(peer, thread_id=thread.id, body=text, citations=[source])
            if index < 3:
                endorse_answer(mentor, post_id=post.id, evidence_level="high", note=packed(1_000)[index])
                edit_post(peer, post_id=post.id, body=hostile_texts()[-index], reason=line[index + 1])
                raise_flag(author, target="post", target_id=post.id, reason="other", note=packed(500)[index])
        for text in packed(3_000, "\n\n"):
            post_comment(author, thread_id=thread.id, body=text)
        keep_bookmark(mentor, target="post", target_id=post.id)
        save_note(mentor, thread_id=thread.id, body=packed(10_000, "\n\n")[0], revision=0)
        texts = {"title": packed(150)[2], "body": packed(20_000, "\n\n")[0]}
        save_draft(self.mentor, place=f"room:{self.room.id}:question", content=texts, revision=0)
        return thread.id

    def _cases(self, author, peer) -> int:  # type: ignore[no-untyped-def]
        case_id = 0
        parts = packed(1_500, "\n\n")
        for index, title in enumerate(packed(150)):
            if index >= 3:
                post_thread(peer, kind="question", title=title, body=title)
                continue
            case = dict.fromkeys(("presenting_problem", "history", "examination", "results", "question"), parts[index])
            made = post_thread(author, kind="case", title=title, case=case, setting="icu", age_band="90+")
            case_id = case_id or made.id
        close_thread(author, thread_id=case_id, reason="resolved", summary=packed(8_000, "\n\n")[0])
        locked = post_thread(peer, kind="discussion", title="Locked", body="Locked.")
        lock_thread(open_room(self.mentor, self.room.slug), thread_id=locked.id, reason=packed(900)[0])
        return case_id

    def _live(self) -> int:
        stage = Stage(self.make, self.room, self.room, self.author, self.peer, self.mentor, self.coordinator)
        session = stage.running(title=packed(200)[0], description=packed(5_000, "\n\n")[0])
        for text in packed(500)[:15]:
            stage.ask(session, body=text)
        for text in packed(1_000)[:12]:
            stage.say(session, text)
        return session.id


def unchecked(app: Flask) -> None:
    """Switch the identifier check off for what is planted here; some of the texts look like somebody's address."""
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"identifier_check": "off"})


@pytest.fixture
def planted(app: Flask, make: Factory, deliver: Callable[[], int]) -> tuple[User, list[str]]:
    """The mentor of the room, who sees everything, and the pages; search and inbox know of it all."""
    unchecked(app)
    one = Planted(make)
    pages = one.plant()
    deliver()
    return one.mentor, pages


def test_nothing_runs_on_any_page(planted: tuple[User, list[str]], enter: Enter) -> None:
    mentor, pages = planted
    for without_policy in (False, True):
        visitor = enter(mentor, bypass_csp=without_policy)
        found: list[str] = []
        for path in pages:
            answer = visitor.page.goto(visitor.url + path)
            assert answer is not None
            assert answer.status == 200, path
            found += [f"{path}: {one}" for one in visitor.page.evaluate(OFFENCES)]
        assert not found, "\n".join(found[:20])
        _look_at_what_scripts_build(visitor, pages[0].removesuffix("/print"))
        assert visitor.troubles == []


def _look_at_what_scripts_build(visitor: Visitor, thread: str) -> None:
    """Open what scripts make of typed text: suggestions of names, the preview, and two versions of a draft."""
    page = visitor.go(thread)
    page.locator("[data-editor-bar]:visible").first.wait_for()
    field = page.locator("#answer-form textarea[name=body]")
    field.press_sequentially("@", delay=10)
    page.locator("[role=option]").first.wait_for()
    assert page.evaluate(OFFENCES) == []
    page.keyboard.press("Escape")
    field.fill("\n\n".join(hostile_texts())[:20_000])
    page.locator("[data-editor-mode=preview]").first.click()
    page.locator("[data-editor-preview] p").first.wait_for()
    assert page.evaluate(OFFENCES) == []
