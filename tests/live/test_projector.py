"""The projector: chosen by who leads, with a code that leads to the session and nothing that not everybody sees."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.live.queries.stage import load_stage
from social_cme.live.services import hands, leading, pausing, queue, slides
from social_cme.live.services import stage as stage_service
from social_cme.rooms.enums import Visibility
from tests.live.decks import bring
from tests.live.pollster import opened
from tests.live.stage import Stage
from tests.live.test_api import Caller

Login = Callable[[User], FlaskClient]


def test_who_leads_chooses_what_it_shows(stage: Stage) -> None:
    session = stage.session()
    mentor = stage.ctx(stage.mentor)
    with pytest.raises(Forbidden):
        stage_service.show_on_projector(mentor, session.id, view="slides")
    leading.start_session(mentor, session.id)
    assert load_stage(session).projector == "question"
    for _ in range(2):
        stage_service.show_on_projector(mentor, session.id, view="slides")
    assert load_stage(session).projector == "slides"
    assert stage.kinds(session).count("projector.changed") == 1
    with pytest.raises(Forbidden):
        stage_service.show_on_projector(stage.ctx(stage.learner), session.id, view="join")
    with pytest.raises(Invalid):
        stage_service.show_on_projector(mentor, session.id, view="names")
    with pytest.raises(NotFound):
        stage_service.show_on_projector(stage.ctx(stage.mentor, stage.other_room), session.id, view="join")


def test_the_screen_shows_question_slide_speaker_and_how_to_join(stage: Stage, login: Login) -> None:
    session = stage.running()
    mentor = stage.ctx(stage.mentor)
    bring(stage, session)
    slides.show_page(mentor, session.id, page=2)
    queue.mark_answering(mentor, session.id, stage.ask(session).id)
    hands.raise_hand(stage.ctx(stage.peer), session.id)
    hands.next_speaker(mentor, session.id, minutes=2)
    stage_service.show_on_projector(mentor, session.id, view="slides")
    page = login(stage.mentor).get(f"/rooms/{stage.room.slug}/live/{session.id}/projector").text
    assert "How much furosemide?" in page
    assert 'alt="Slide 2: Twice the oral dose"' in page
    assert '<strong data-field="speaker">Peer</strong> speaks' in page
    assert 'data-show="slides">' in page
    assert 'data-show="question" hidden' in page
    assert f"/live/{session.id}</span>" in page
    assert "<strong data-paused hidden>Paused</strong><span data-left><strong>" in page
    assert "data-no-poll>No poll is open" in page
    leading.end_session(mentor, session.id)
    assert login(stage.mentor).get(f"/rooms/{stage.room.slug}/live/{session.id}/projector").status_code == 404


def test_the_code_is_a_plain_picture(stage: Stage, login: Login, app: Flask) -> None:
    session = stage.running()
    answer = login(stage.learner).get(f"/rooms/{stage.room.slug}/live/{session.id}/join.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(answer.text).iter()}
    assert tags <= {"svg", "path", "g"}
    assert "script" not in answer.text


def test_the_short_address_leads_to_the_session_and_gives_nothing_away(stage: Stage, login: Login, app: Flask) -> None:
    session = stage.running()
    long = f"/rooms/{stage.room.slug}/live/{session.id}"
    assert login(stage.learner).get(f"/live/{session.id}").headers["Location"] == long
    stage.room = stage.make.room(mentor=stage.mentor, visibility=Visibility.INVITATION)
    hidden = stage.running()
    outsider = login(stage.make.user())
    assert outsider.get(f"/live/{hidden.id}").status_code == outsider.get("/live/987654").status_code == 404
    for number in (hidden.id, 987654):
        assert app.test_client().get(f"/live/{number}").headers["Location"] == f"/login?next=/live/{number}"


def test_it_is_chosen_over_the_api_and_the_page(app: Flask, stage: Stage, login: Login) -> None:
    session = stage.running()
    mentor = Caller(app, stage, stage.mentor)
    assert mentor("PUT", f"/{session.id}/projector", view="join") == {"view": "join"}
    assert mentor("GET", f"/{session.id}/state")["projector"] == {"view": "join"}
    mentor("PUT", f"/{session.id}/projector", 422, view="other")
    Caller(app, stage, stage.learner)("PUT", f"/{session.id}/projector", 403, view="poll")
    browser = login(stage.mentor)
    token = browser.get("/live").text.split('name="csrf-token" content="')[1].split('"')[0]
    root = f"/rooms/{stage.room.slug}/live/{session.id}"
    assert browser.post(f"{root}/projector", data={"csrf_token": token, "view": "poll"}).status_code == 303
    assert load_stage(session).projector == "poll"


def test_the_screen_says_that_a_session_is_paused_and_which_poll_is_open(stage: Stage, login: Login) -> None:
    session = stage.running()
    opened(stage, session, question="Who gives metolazone?")
    pausing.pause_session(stage.ctx(stage.mentor), session.id)
    page = login(stage.mentor).get(f"/rooms/{stage.room.slug}/live/{session.id}/projector").text
    assert "<strong data-paused>Paused</strong><span data-left hidden>" in page
    assert "data-no-poll hidden>No poll is open" in page
    assert "Who gives metolazone?" in page
