"""Slides: pictures of the pages alone, private to the room, moved for everybody; hostile files end a process and nothing else."""

from __future__ import annotations

import io
import resource
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import Settings
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from social_cme.extensions import db
from social_cme.live.enums import DeckState
from social_cme.live.models import LiveSession, SlideDeck, SlidePage
from social_cme.live.queries.slides import list_pages
from social_cme.live.queries.stage import load_stage
from social_cme.live.services import leading, rendering, slides
from social_cme.media.decoding.pages import NewPage, count_pages, render_pages
from social_cme.privacy.rules.refusal import IdentifiersFound
from tests.live.decks import WORDS, bomb, bring, locked, pdf
from tests.live.stage import NOON, Stage
from tests.media.conftest import files_in
from tests.media.pictures import decoded

pytestmark = pytest.mark.sqlite_only

Login = Callable[[User], FlaskClient]


def deck_of(deck: SlideDeck) -> SlideDeck:
    found = db.session.get(SlideDeck, deck.id, populate_existing=True)
    assert found is not None
    return found


def give(app: Flask, **changes: Any) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=changes)


def test_the_pages_become_pictures_with_their_words_and_the_file_is_discarded(stage: Stage, settings: Settings) -> None:
    session = stage.session()
    deck = deck_of(bring(stage, session))
    assert (deck.state, deck.pages_done, deck.pages_total) == (DeckState.READY, 3, 3)
    assert [page.alt for page in list_pages(deck.id)] == list(WORDS)
    stored = files_in(settings.media_folder)
    assert sorted(path.name for path in stored) == sorted(
        f"{page}-{size}.webp" for page in (1, 2, 3) for size in (640, 1920)
    )
    assert deck.source_gone_at is not None
    assert deck.byte_size == sum(path.stat().st_size for path in stored)
    assert {decoded(path.read_bytes()).size for path in stored} == {(640, 360), (1920, 1080)}
    kinds = stage.kinds(session)
    assert kinds.count("slide.uploaded") == 1
    assert kinds[-1] == "slide.rendered"


def test_progress_is_told_while_pages_are_made(stage: Stage) -> None:
    session = stage.session()
    bring(stage, session, [f"Page {number}" for number in range(1, 11)])
    done = [(fact.data["done"], fact.data["state"]) for fact in stage.facts(session) if fact.kind == "slide.rendered"]
    assert done == [(4, "rendering"), (8, "rendering"), (10, "ready")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a PDF"),
        (b"<html><script>alert(1)</script>", "not a PDF"),
        (b"GIF89a" + pdf(), "not a PDF"),
        (b"\n\n<!--" + pdf(), "not a PDF"),
        (b"%PDF-1.7 and nothing", "damaged"),
        (pdf()[:200], "damaged"),
        (locked(), "password"),
    ],
)
def test_what_is_no_readable_pdf_is_refused_with_a_sentence_and_leaves_nothing(
    stage: Stage, settings: Settings, data: bytes, words: str
) -> None:
    session = stage.session()
    with pytest.raises(Invalid, match=words) as refused:
        slides.upload_deck(stage.ctx(stage.mentor), session.id, data=data, attested=True)
    assert "file" in refused.value.fields
    assert db.session.scalars(select(SlideDeck)).all() == []
    assert not settings.media_folder.exists() or not files_in(settings.media_folder)


def test_too_many_pages_and_too_many_bytes_are_refused(app: Flask, stage: Stage) -> None:
    session = stage.session()
    give(app, max_slide_pages=2)
    with pytest.raises(Invalid, match="3 pages; slides can have at most 2"):
        bring(stage, session)
    give(app, max_slides_kilobytes=64)
    with pytest.raises(TooLarge, match="64 KB"):
        bring(stage, session, data=pdf() + b"%" * (64 * 1024))
    data = pdf(["One"])
    exactly = data + b"\n" * (64 * 1024 - len(data))
    assert deck_of(bring(stage, session, data=exactly)).state == DeckState.READY


def test_a_room_keeps_no_more_than_its_quota(app: Flask, stage: Stage) -> None:
    bring(stage, stage.session())
    give(app, slides_quota_megabytes=1)
    data = pdf(["One"])
    with pytest.raises(TooLarge, match="1 MB"):
        bring(stage, stage.session(), data=data + b"\n" * (1024 * 1024))
    assert len(db.session.scalars(select(SlideDeck)).all()) == 1


def test_a_bomb_ends_its_own_process_within_its_bounds(stage: Stage) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    raw = bomb()
    assert len(raw) < 2 * 1024 * 1024
    pages = render_pages(raw, first=1, last=1)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50 * 1024
    assert [page.number for page in pages] in ([], [1])


def test_a_huge_page_becomes_a_picture_of_the_usual_size() -> None:
    [page] = render_pages(pdf(["Wide"], size=(14_400, 3_600)), first=1, last=1)
    assert [(one.width, one.height) for one in page.files] == [(640, 160), (1920, 480)]
    assert count_pages(pdf(["Wide"], size=(14_400, 3_600)), most=1) == 1


def test_scripts_links_and_files_inside_a_pdf_are_not_carried_out_and_not_kept(
    stage: Stage, settings: Settings
) -> None:
    session = stage.session()
    data = pdf(["One"], extra="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
    deck = deck_of(bring(stage, session, data=data + b"<script>alert(1)</script>"))
    assert deck.state == DeckState.READY
    for path in files_in(settings.media_folder):
        assert path.suffix == ".webp"
        assert b"script" not in path.read_bytes().lower()


def test_a_page_that_cannot_be_made_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    session = stage.session()

    def broken(_raw: bytes, *, first: int, last: int) -> list[NewPage]:
        return render_pages(_raw, first=first, last=min(last, 2))

    monkeypatch.setattr(rendering, "render_pages", broken)
    deck = deck_of(bring(stage, session))
    assert deck.state == DeckState.FAILED
    assert deck.problem.startswith("Page 3 could not")
    assert deck.source_gone_at is not None
    assert load_stage(session).slides.deck is None


def test_the_word_of_who_brings_slides_is_asked(stage: Stage) -> None:
    session = stage.session()
    with pytest.raises(Invalid) as refused:
        slides.upload_deck(stage.ctx(stage.mentor), session.id, data=pdf(), attested=False)
    assert "attested" in refused.value.fields


def test_only_who_leads_brings_moves_describes_and_removes_slides(stage: Stage) -> None:
    session = stage.running()
    bring(stage, session)
    for user in (stage.learner, stage.make.user(), None):
        ctx = stage.ctx(user)
        for act in (
            lambda ctx=ctx: slides.upload_deck(ctx, session.id, data=pdf(), attested=True),
            lambda ctx=ctx: slides.show_page(ctx, session.id, page=2),
            lambda ctx=ctx: slides.describe_page(ctx, session.id, page=1, alt="Mine"),
            lambda ctx=ctx: slides.remove_decks(ctx, session.id),
        ):
            with pytest.raises(Forbidden):
                act()
    with pytest.raises(NotFound):
        slides.show_page(stage.ctx(stage.mentor, stage.other_room), session.id, page=2)


def test_a_repeated_upload_is_one_deck(stage: Stage) -> None:
    session = stage.session()
    first, again = (bring(stage, session, client_id="deck-00001") for _ in range(2))
    assert first.id == again.id


def test_slides_move_for_everybody_and_a_repeat_is_no_news(stage: Stage) -> None:
    session = stage.session()
    ctx = stage.ctx(stage.mentor)
    bring(stage, session)
    with pytest.raises(Forbidden, match="started"):
        slides.show_page(ctx, session.id, page=2)
    leading.start_session(ctx, session.id)
    for page in (2, 2):
        slides.show_page(ctx, session.id, page=page)
    for wrong in (0, 4):
        with pytest.raises(Invalid, match="1 to 3"):
            slides.show_page(ctx, session.id, page=wrong)
    assert load_stage(session).slides.page == 2
    assert stage.kinds(session).count("slide.shown") == 1
    with pytest.raises(Conflict, match="no slides"):
        slides.show_page(ctx, stage.running().id, page=1)


def test_descriptions_are_edited_and_looked_through(stage: Stage) -> None:
    session = stage.session()
    bring(stage, session)
    ctx = stage.ctx(stage.mentor)
    for _ in range(2):
        slides.describe_page(ctx, session.id, page=2, alt=" A curve that falls ")
    deck = load_stage(session).slides.deck
    assert deck is not None
    assert deck.revision == 1
    assert list_pages(deck.id)[1].alt == "A curve that falls"
    with pytest.raises(IdentifiersFound):
        slides.describe_page(ctx, session.id, page=2, alt="MRN 12345678")
    with pytest.raises(Invalid):
        slides.describe_page(ctx, session.id, page=2, alt="x" * 2001)
    with pytest.raises(NotFound):
        slides.describe_page(ctx, session.id, page=9, alt="None")


def test_new_slides_replace_those_before_once_they_are_ready(stage: Stage, settings: Settings) -> None:
    session = stage.running()
    first = bring(stage, session)
    slides.show_page(stage.ctx(stage.mentor), session.id, page=3)
    second = bring(stage, session, ["Anew"])
    now = load_stage(session).slides
    assert now.deck is not None
    assert (now.deck.id, now.page, now.work) == (second.id, 1, None)
    assert deck_of(first).state == DeckState.REMOVED
    assert {path.parent.name for path in files_in(settings.media_folder)} == {second.key}


def test_removed_slides_leave_no_file(stage: Stage, settings: Settings) -> None:
    session = stage.session()
    deck = bring(stage, session)
    for _ in range(2):
        slides.remove_decks(stage.ctx(stage.mentor), session.id)
    assert files_in(settings.media_folder) == []
    assert deck_of(deck).files_gone_at is not None
    assert load_stage(session).slides.deck is None


def test_a_restart_in_the_middle_goes_on_from_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    session = stage.session()
    calls: list[int] = []

    class Killed(BaseException):
        """The process ends here."""

    def dying(raw: bytes, *, first: int, last: int) -> list[NewPage]:
        calls.append(first)
        if first > 4:
            raise Killed
        return render_pages(raw, first=first, last=last)

    monkeypatch.setattr(rendering, "render_pages", dying)
    with clock.at(NOON), pytest.raises(Killed):
        bring(stage, session, [f"Page {number}" for number in range(1, 7)])
    deck = db.session.scalars(select(SlideDeck)).one()
    assert (deck.state, deck.pages_done) == (DeckState.RENDERING, 4)
    monkeypatch.setattr(rendering, "render_pages", render_pages)
    with clock.at(NOON + timedelta(seconds=60)):
        # Whoever was at work might still be.
        assert rendering.finish_unfinished() == 0
    with clock.at(NOON + timedelta(seconds=121)):
        assert rendering.finish_unfinished() == 1
    assert (deck_of(deck).state, calls) == (DeckState.READY, [1, 5])
    assert [page.number for page in list_pages(deck.id)] == [1, 2, 3, 4, 5, 6]


def test_an_upload_that_broke_off_is_removed_after_an_hour(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    session = stage.session()
    monkeypatch.setattr(slides, "_store", lambda *_: None)
    deck = bring(stage, session)
    assert slides.clean_up() == 0
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert slides.clean_up() == 1
    assert deck_of(deck).state == DeckState.REMOVED


class Shelf:
    """A session with slides, and the addresses of its pictures."""

    def __init__(self, stage: Stage, session: LiveSession) -> None:
        self.deck = bring(stage, session)
        self.root = f"/rooms/{stage.room.slug}/live/{session.id}/slides"

    def address(self, page: int = 1, size: int = 640) -> str:
        return f"{self.root}/{self.deck.key}/{page}/{size}"


def test_pictures_are_private_and_before_the_start_for_who_leads_alone(stage: Stage, app: Flask, login: Login) -> None:
    session = stage.session()
    shelf = Shelf(stage, session)
    mentor, learner = login(stage.mentor), login(stage.learner)
    answer = mentor.get(shelf.address())
    assert answer.status_code == 200
    assert answer.mimetype == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert learner.get(shelf.address()).status_code == 404
    leading.start_session(stage.ctx(stage.mentor), session.id)
    assert learner.get(shelf.address(3, 1920)).status_code == 200
    part = learner.get(shelf.address(), headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"RIFF")
    same = learner.get(shelf.address(), headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304
    for wrong in (shelf.address(9), shelf.address(1, 641), shelf.address().replace(shelf.deck.key, "x" * 43)):
        assert learner.get(wrong).status_code == 404
    elsewhere = shelf.address().replace(stage.room.slug, stage.other_room.slug)
    assert learner.get(elsewhere).status_code == 404
    slides.remove_decks(stage.ctx(stage.mentor), session.id)
    assert mentor.get(shelf.address()).status_code == 404


def test_pages_work_without_javascript(stage: Stage, login: Login) -> None:
    session = stage.session()
    mentor, learner = login(stage.mentor), login(stage.learner)
    root = f"/rooms/{stage.room.slug}/live/{session.id}"
    form = {"slides_attested": "y", "file": (io.BytesIO(pdf()), "../../evil.php", "text/html")}
    token = mentor.get("/live").text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = mentor.post(f"{root}/slides", data={**form, "csrf_token": token}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    assert "3</span> pages are ready" in mentor.get(root).text
    assert 'alt="Slide 1' not in learner.get(root).text
    again = mentor.post(
        f"{root}/slides", data={"csrf_token": token, "slides_attested": "y"}, content_type="multipart/form-data"
    )
    assert again.status_code == 422
    assert "Choose a PDF." in again.text
    leading.start_session(stage.ctx(stage.mentor), session.id)
    mentor.post(f"{root}/slides/show", data={"csrf_token": token, "page": "2"})
    page = learner.get(root).text
    assert 'alt="Slide 2: Twice the oral dose"' in page
    assert f"{root}?slide=3#slides" in page
    assert 'alt="Slide 3: Questions"' in learner.get(f"{root}?slide=3").text
    assert "The speaker is on" in learner.get(f"{root}?slide=3").text
    stage_page = mentor.get(f"{root}/stage").text
    assert "Twice the oral dose</textarea>" in stage_page
    saved = mentor.post(f"{root}/slides/describe", data={"csrf_token": token, "page": "2", "alt": "MRN 12345678"})
    assert saved.status_code == 422
    assert "MRN 12345678</textarea>" in saved.text
    assert learner.get(f"{root}/stage").status_code == 403


def test_slides_over_the_api(stage: Stage, login: Login, app: Flask) -> None:
    from tests.live.test_api import Caller, secret

    session = stage.session()
    mentor, learner = Caller(app, stage, stage.mentor), Caller(app, stage, stage.learner)
    path = f"/{session.id}/slides"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("social_cme.live.services.slides.enqueue", lambda *_args, **_kw: None)
        answer = app.test_client().post(
            mentor.root + path,
            data={"file": (io.BytesIO(pdf()), "a.pdf"), "attested": "true"},
            headers={"Authorization": f"Bearer {secret(stage.mentor)}"},
            content_type="multipart/form-data",
        )
    assert answer.status_code == 201, answer.text
    assert answer.json["slides"]["work"] == {"state": "waiting", "pages": 3, "done": 0, "problem": ""}
    rendering.finish_unfinished()
    assert learner("GET", path)["items"] == []
    assert [one["alt"] for one in mentor("GET", path)["items"]] == list(WORDS)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    assert mentor("PUT", f"{path}/shown", page=2)["page"] == 2
    learner("PUT", f"{path}/shown", 403, page=3)
    mentor("PUT", f"{path}/description", page=1, alt="Anew")
    listed = learner("GET", path)
    assert listed["slides"]["revision"] == 1
    assert listed["items"][0]["alt"] == "Anew"
    mentor("DELETE", path, 204)
    assert learner("GET", path)["slides"]["key"] == ""
    assert db.session.scalars(select(SlidePage)).all() != []
