"""Links for auditors: secret, bounded, revocable, logged; they read one session and do nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.core.ids import new_token, token_hash
from social_cme.extensions import db
from social_cme.live.models import AttendanceInterval, LiveSession, ObserverLink, ObserverOpening
from social_cme.live.queries.attendance import count_present
from social_cme.live.services import chat, leading, observers, queue
from social_cme.rooms.enums import Visibility
from tests.live.stage import NOON, Stage
from tests.live.test_api import Caller


def make(stage: Stage, session: LiveSession, *, days: int = 7) -> str:
    return observers.make_observer(stage.ctx(stage.mentor), session.id, label="ACCME", days=days)[1]


@pytest.fixture
def hidden(stage: Stage) -> Stage:
    """The stage in a room by invitation, which nobody outside sees."""
    people = {"mentor": stage.mentor, "coordinator": stage.coordinator, "members": (stage.learner, stage.peer)}
    stage.room = stage.make.room(**people, visibility=Visibility.INVITATION)  # type: ignore[arg-type]
    return stage


def test_a_secret_is_kept_as_a_hash_and_shown_once(hidden: Stage) -> None:
    session = hidden.session()
    secret = make(hidden, session)
    assert len(secret) == 43
    row = db.session.scalars(select(ObserverLink)).one()
    assert row.token_hash == token_hash(secret)
    assert secret not in str(row.__dict__)
    assert secret not in str([fact.data for fact in hidden.facts(session)])


def test_who_leads_makes_and_revokes_and_nobody_else(hidden: Stage) -> None:
    session = hidden.session()
    for user in (hidden.learner, hidden.peer):
        with pytest.raises(Forbidden):
            observers.make_observer(hidden.ctx(user), session.id, label="x", days=7)
    link, _secret = observers.make_observer(hidden.ctx(hidden.coordinator), session.id, label="Auditor", days=1)
    with pytest.raises(Forbidden):
        observers.revoke_observer(hidden.ctx(hidden.learner), session.id, link.id)
    with pytest.raises(NotFound):
        observers.revoke_observer(hidden.ctx(hidden.mentor), hidden.session().id, link.id)
    for days in (0, 2, 365):
        with pytest.raises(Invalid):
            observers.make_observer(hidden.ctx(hidden.mentor), session.id, label="x", days=days)
    with pytest.raises(Invalid):
        observers.make_observer(hidden.ctx(hidden.mentor), session.id, label=" ", days=7)


def test_a_repeat_makes_no_second_link(hidden: Stage) -> None:
    session = hidden.session()
    ctx = hidden.ctx(hidden.mentor)
    observers.make_observer(ctx, session.id, label="x", days=7, client_id="observe-001")
    with pytest.raises(Conflict, match="shown once"):
        observers.make_observer(ctx, session.id, label="x", days=7, client_id="observe-001")


def test_a_link_leads_nowhere_when_expired_revoked_or_unknown(hidden: Stage, app: Flask) -> None:
    browser = app.test_client()
    with clock.at(NOON):
        session = hidden.session()
        day, week = make(hidden, session, days=1), make(hidden, session)
    with clock.at(NOON + timedelta(hours=23)):
        assert browser.get(f"/observe/{day}").status_code == 200
    with clock.at(NOON + timedelta(days=1)):
        assert browser.get(f"/observe/{day}").status_code == 404
        assert browser.get(f"/observe/{week}").status_code == 200
        row = db.session.scalars(select(ObserverLink).where(ObserverLink.token_hash == token_hash(week))).one()
        for _ in range(2):
            observers.revoke_observer(hidden.ctx(hidden.mentor), session.id, row.id)
        assert browser.get(f"/observe/{week}").status_code == 404
    for wrong in (new_token(), week[:-1], week[:-1] + "!", "1"):
        assert browser.get(f"/observe/{wrong}").status_code == 404
    assert hidden.kinds(session).count("observer.revoked") == 1


def test_an_auditor_reads_questions_chat_and_totals_and_nothing_that_is_hidden(hidden: Stage, app: Flask) -> None:
    with clock.at(NOON):
        session = hidden.running()
    hidden.beat(session, NOON + timedelta(seconds=1))
    hidden.ask(session, body="How much furosemide?")
    secret_question = hidden.ask(session, body="The mayor of our town")
    queue.hide_question(hidden.ctx(hidden.mentor), session.id, secret_question.id, reason="Too close")
    line = hidden.say(session, "Good evening to all")
    chat.hide_message(hidden.ctx(hidden.mentor), session.id, hidden.say(session, "Words to hide").id)
    secret = make(hidden, session)
    browser = app.test_client()
    with clock.at(NOON + timedelta(seconds=20)):
        page = browser.get(f"/observe/{secret}").text
    assert "How much furosemide?" in page
    assert line.body in page
    assert "1 person came" in page
    assert "The mayor of our town" not in page
    assert "Words to hide" not in page
    assert "<form" not in page
    assert 'http-equiv="refresh" content="15"' in page
    leading.end_session(hidden.ctx(hidden.mentor), session.id)
    after = browser.get(f"/observe/{secret}").text
    assert "How much furosemide?" in after
    assert "http-equiv" not in after


def test_the_link_opens_this_session_and_no_other_thing(hidden: Stage, app: Flask) -> None:
    session, other = hidden.running(), hidden.running()
    hidden.ask(other, body="Asked elsewhere")
    secret = make(hidden, session)
    browser = app.test_client()
    page = browser.get(f"/observe/{secret}").text
    assert "Asked elsewhere" not in page
    room = f"/rooms/{hidden.room.slug}"
    for address in (
        room,
        f"{room}/live",
        f"{room}/live/{session.id}",
        f"{room}/live/{other.id}",
        f"{room}/live/{session.id}/projector",
    ):
        assert browser.get(address).status_code in {302, 404}, address
    state = f"/api/v1{room}/sessions/{session.id}/state"
    assert browser.get(state).status_code == 404
    assert browser.get(state, headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert browser.post(f"/observe/{secret}").status_code == 405


def test_the_page_is_kept_by_nobody_and_tells_nobody(hidden: Stage, app: Flask) -> None:
    secret = make(hidden, hidden.running())
    headers = app.test_client().get(f"/observe/{secret}").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]


def test_an_observer_is_counted_nowhere_and_each_visit_is_logged(hidden: Stage, app: Flask) -> None:
    with clock.at(NOON):
        session = hidden.running()
        secret = make(hidden, session)
    browser = app.test_client()
    for seconds in (0, 15, 30, 3600):
        with clock.at(NOON + timedelta(seconds=seconds)):
            assert browser.get(f"/observe/{secret}", environ_base={"REMOTE_ADDR": "203.0.113.77"}).status_code == 200
    with clock.at(NOON + timedelta(seconds=3601)):
        browser.get(f"/observe/{secret}", environ_base={"REMOTE_ADDR": "2001:db8:1:2::3"})
    assert count_present(session.id) == 0
    assert db.session.scalars(select(AttendanceInterval)).all() == []
    visits = db.session.scalars(select(ObserverOpening).order_by(ObserverOpening.id)).all()
    assert [(one.place, one.times) for one in visits] == [
        ("203.0.113.0/24", 3),
        ("203.0.113.0/24", 1),
        ("2001:db8:1::/48", 1),
    ]


def test_pages_and_api_of_who_leads(hidden: Stage, app: Flask, login: Callable[[User], FlaskClient]) -> None:
    session = hidden.running()
    mentor = login(hidden.mentor)
    address = f"/rooms/{hidden.room.slug}/live/{session.id}/observers"
    token = mentor.get("/live").text.split('name="csrf-token" content="')[1].split('"')[0]
    made = mentor.post(address, data={"csrf_token": token, "label": "State board", "days": "7"})
    assert made.status_code == 200, made.text
    found = re.search(r'value="(http[^"]+/observe/[A-Za-z0-9_-]{43})"', made.text)
    assert found is not None
    assert app.test_client().get("/observe/" + found.group(1).rsplit("/", 1)[1]).status_code == 200
    listed = mentor.get(address).text
    assert "State board" in listed
    assert found.group(1) not in listed
    assert "Opened in 1 visit" in listed
    assert mentor.post(address, data={"csrf_token": token, "label": "", "days": "7"}).status_code == 422
    assert login(hidden.learner).get(address).status_code == 403
    api = Caller(app, hidden, hidden.mentor)
    one = api("POST", f"/{session.id}/observers", 201, label="Auditor", days=1)
    assert app.test_client().get(one["href"]).status_code == 200
    items = api("GET", f"/{session.id}/observers")["items"]
    assert [item["openings"] for item in items] == [1, 1]
    assert "href" not in items[0]
    api("DELETE", f"/{session.id}/observers/{one['id']}", 204)
    assert app.test_client().get(one["href"]).status_code == 404
    Caller(app, hidden, hidden.learner)("GET", f"/{session.id}/observers", 403)
