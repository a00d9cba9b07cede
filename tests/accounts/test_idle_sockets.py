"""A log-in that nobody uses ends for sockets too; what a page sends by itself is no use of it, what a person does is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from sqlalchemy import select, update

from social_cme.accounts.models import LoginSession, User
from social_cme.accounts.services.access_tokens import create_access_token
from social_cme.core import clock
from social_cme.extensions import db, socketio
from social_cme.persistence.transaction import transaction
from social_cme.realtime.endings import end_closed_logins
from tests.factories import Factory
from tests.live.stage import Stage

Connect = Callable[[User], SocketIOTestClient]
QUIET = {"X-Background": "1"}


def unused_for(user: User, distance: timedelta) -> None:
    with transaction() as tx:
        tx.session.execute(
            update(LoginSession).where(LoginSession.user_id == user.id).values(last_seen_at=clock.now() - distance)
        )


def last_seen(user: User) -> Any:
    db.session.rollback()
    return db.session.scalar(select(LoginSession.last_seen_at).where(LoginSession.user_id == user.id))


def ask(one: SocketIOTestClient, event: str, message: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = one.emit(event, message, callback=True)
    return answer


def stay(browser: FlaskClient) -> dict[str, Any]:
    page = browser.get("/rooms", headers=QUIET).text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    answer = browser.post("/api/v1/me/login", headers={"X-CSRFToken": token.group(1)})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.get_json()
    return told


@pytest.fixture
def idle(app: Flask) -> timedelta:
    return timedelta(minutes=app.extensions["settings"].session_idle_minutes)


def test_an_idle_cookie_opens_no_socket(app: Flask, make: Factory, idle: timedelta) -> None:
    user = make.user()
    browser = app.test_client()
    make.log_in(browser, user)
    unused_for(user, idle + timedelta(seconds=1))
    assert not socketio.test_client(app, flask_test_client=browser).is_connected()


def test_an_idle_log_in_is_refused_on_an_open_socket_and_ends_it(
    make: Factory, connect: Connect, idle: timedelta
) -> None:
    user, other = make.user(), make.user()
    mine, theirs = connect(user), connect(other)
    unused_for(user, idle + timedelta(seconds=1))
    assert ask(mine, "subscribe", {"channel": "room:1", "since": 0})["error"]["code"] == "unauthenticated"
    end_closed_logins()
    assert not mine.is_connected()
    assert theirs.is_connected()


def test_a_heartbeat_is_no_activity_and_a_question_is(make: Factory, connect: Connect, idle: timedelta) -> None:
    learner, mentor = make.user(), make.user()
    room = make.room(mentor=mentor, members=(learner,))
    session = Stage(make, room, room, learner, learner, mentor, mentor).running()
    one = connect(learner)
    unused_for(learner, idle / 2)
    before = last_seen(learner)
    assert ask(one, "session.heartbeat", {"session_id": session.id})["ok"] is True
    assert last_seen(learner) == before
    told = {"session_id": session.id, "body": "How much furosemide?", "client_id": "question-0001"}
    assert ask(one, "question.ask", told)["ok"] is True
    assert last_seen(learner) > before


def test_what_a_page_fetches_by_itself_is_no_activity_and_staying_is(
    make: Factory, login: Callable[[User], FlaskClient], idle: timedelta
) -> None:
    user = make.user()
    browser = login(user)
    unused_for(user, idle - timedelta(seconds=90))
    before = last_seen(user)
    told = browser.get("/api/v1/me/login", headers=QUIET).get_json()
    assert datetime.fromisoformat(told["ends_at"]) == before + idle
    page = browser.get("/rooms", headers=QUIET).text
    assert f'data-login-ends="{clock.iso(before + idle)}"' in page
    assert last_seen(user) == before
    told = stay(browser)
    assert last_seen(user) > before
    assert datetime.fromisoformat(told["ends_at"]) == last_seen(user) + idle


def test_staying_counts_however_short_ago_the_last_use_was(make: Factory, login: Callable[[User], FlaskClient]) -> None:
    user = make.user()
    browser = login(user)
    unused_for(user, timedelta(seconds=2))
    before = last_seen(user)
    browser.get("/rooms")
    assert last_seen(user) == before
    stay(browser)
    assert last_seen(user) > before


def test_strangers_ended_log_ins_and_tokens_have_none_to_keep(
    app: Flask, make: Factory, login: Callable[[User], FlaskClient], idle: timedelta
) -> None:
    user = make.user()
    _token, secret = create_access_token(user, name="test", scopes=["read", "write"], days=30)
    key = {"Authorization": f"Bearer {secret}"}
    assert app.test_client().get("/api/v1/me/login").status_code == 401
    assert app.test_client().get("/api/v1/me/login", headers=key).status_code == 403
    assert app.test_client().post("/api/v1/me/login", headers=key).status_code == 403
    browser = login(user)
    assert browser.post("/api/v1/me/login").status_code == 400
    unused_for(user, idle + timedelta(seconds=1))
    assert browser.post("/api/v1/me/login").status_code in {400, 401}
    assert browser.get("/api/v1/me/login").status_code == 401
    assert "data-login-ends" not in browser.get("/rooms").text
