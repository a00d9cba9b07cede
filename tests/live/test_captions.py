"""Captions: typed by the one who was asked to, kept with their times, stopped by nothing but a certain identifier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, NotFound, RateLimited
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.live.queries.stage import list_captions, load_stage
from social_cme.live.services import captions, leading
from social_cme.live.services import stage as stage_service
from social_cme.privacy.models import IdentifierCheck
from social_cme.privacy.rules.refusal import IdentifiersFound
from tests.live.stage import NOON, Stage


def captioned(stage: Stage) -> LiveSession:
    session = stage.running()
    stage_service.name_captioner(stage.ctx(stage.mentor), session.id, user_id=stage.peer.id)
    return session


def test_the_named_person_types_and_the_lines_are_kept_with_their_times(stage: Stage) -> None:
    with clock.at(NOON):
        session = captioned(stage)
        line = captions.post_caption(stage.ctx(stage.peer), session.id, body=" Good <b>evening</b> \n all ")
    assert (line.body, line.created_at) == ("Good <b>evening</b> all", NOON)
    for user in (stage.learner, stage.mentor, None):
        with pytest.raises(Forbidden):
            captions.post_caption(stage.ctx(user), session.id, body="Not me")
    leading.end_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden, match="over"):
        captions.post_caption(stage.ctx(stage.peer), session.id, body="Late")
    assert [one.body for one in list_captions(session.id, limit=None)] == ["Good <b>evening</b> all"]


def test_who_leads_names_a_member_and_takes_it_back(stage: Stage) -> None:
    session = stage.running()
    mentor = stage.ctx(stage.mentor)
    with pytest.raises(Forbidden):
        stage_service.name_captioner(stage.ctx(stage.learner), session.id, user_id=stage.learner.id)
    for stranger in (stage.make.user().id, 2**40):
        with pytest.raises(Invalid, match="member"):
            stage_service.name_captioner(mentor, session.id, user_id=stranger)
    for _ in range(2):
        stage_service.name_captioner(mentor, session.id, user_id=stage.peer.id)
    assert load_stage(session).captioner == stage.peer
    stage_service.name_captioner(mentor, session.id, user_id=None)
    with pytest.raises(Forbidden):
        captions.post_caption(stage.ctx(stage.peer), session.id, body="Still me")
    assert stage.kinds(session).count("caption.captioner_named") == 2


@pytest.mark.parametrize("body", ["", " \n ", "x" * 501])
def test_a_line_has_1_to_500_characters(stage: Stage, body: str) -> None:
    session = captioned(stage)
    with pytest.raises(Invalid):
        captions.post_caption(stage.ctx(stage.peer), session.id, body=body)


def test_a_certain_identifier_stops_a_line_and_a_doubtful_one_does_not(stage: Stage) -> None:
    session = captioned(stage)
    ctx = stage.ctx(stage.peer)
    with pytest.raises(IdentifiersFound):
        captions.post_caption(ctx, session.id, body="Her MRN 12345678 is on the screen")
    captions.post_caption(ctx, session.id, body="She came on March 3, 2024")
    outcomes = list(db.session.scalars(select(IdentifierCheck.outcome).order_by(IdentifierCheck.id)))
    assert outcomes == ["blocked", "attested"]
    assert [one.body for one in list_captions(session.id)] == ["She came on March 3, 2024"]


def test_a_repeated_line_stands_once_and_a_flood_is_stopped(stage: Stage) -> None:
    session = captioned(stage)
    ctx = stage.ctx(stage.peer)
    with clock.at(NOON):
        first, again = (captions.post_caption(ctx, session.id, body="Once", client_id="line-00001") for _ in range(2))
        assert first.id == again.id
        for number in range(19):
            captions.post_caption(ctx, session.id, body=f"Line {number}")
        with pytest.raises(RateLimited):
            captions.post_caption(ctx, session.id, body="One more")
    with clock.at(NOON + timedelta(seconds=10)):
        captions.post_caption(ctx, session.id, body="Later")


def test_a_line_is_taken_back_and_keeps_its_place(stage: Stage) -> None:
    session = captioned(stage)
    line = captions.post_caption(stage.ctx(stage.peer), session.id, body="Wrong")
    with pytest.raises(Forbidden):
        captions.hide_caption(stage.ctx(stage.learner), session.id, line.id)
    with pytest.raises(NotFound):
        captions.hide_caption(stage.ctx(stage.mentor), stage.running().id, line.id)
    for _ in range(2):
        captions.hide_caption(stage.ctx(stage.mentor), session.id, line.id)
    assert stage.kinds(session).count("caption.hidden") == 1


def test_pages_work_without_javascript(stage: Stage, login: Callable[[User], FlaskClient]) -> None:
    session = captioned(stage)
    browser, reader = login(stage.peer), login(stage.learner)
    root = f"/rooms/{stage.room.slug}/live/{session.id}"
    token = browser.get("/live").text.split('name="csrf-token" content="')[1].split('"')[0]
    sent = browser.post(f"{root}/captions", data={"csrf_token": token, "body": "Good evening"})
    assert sent.status_code == 303
    refused = browser.post(f"{root}/captions", data={"csrf_token": token, "body": "Her MRN 12345678"})
    assert refused.status_code == 422
    assert 'value="Her MRN 12345678"' in refused.text
    page = reader.get(root).text
    assert "Good evening" in page
    assert "typed by Peer" in page
    assert "data-caption-form" not in page
    leading.end_session(stage.ctx(stage.mentor), session.id)
    assert "1 line, typed during the session" in reader.get(root).text
