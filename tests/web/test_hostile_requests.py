"""Requests no browser of ours sends: other methods and spellings of an address, packed bodies, forms without their token."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from config import Settings
from social_cme.accounts.models import LoginSession, User
from social_cme.app import create_app
from social_cme.core import clock
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.persistence.facts import Fact
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from social_cme.rooms.queries import open_room
from tests.factories import Factory

SECRET = "Whom does this concern?"
Login = Callable[[User], FlaskClient]


@pytest.fixture
def guarded(make: Factory) -> str:
    """The address of a thread in a room by invitation."""
    member = make.user()
    room = make.room(members=(member,), visibility=Visibility.INVITATION)
    thread = post_thread(open_room(member, room.slug), kind="question", title=SECRET, body="For members.")
    return f"/rooms/{room.slug}/threads/{thread.id}"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_no_method_gets_past_the_door(app: Flask, make: Factory, login: Login, guarded: str, method: str) -> None:
    spellings = [guarded, f"{guarded}/", f"/{guarded}", guarded.replace("/threads", "//threads"), f"/x/%2e%2e{guarded}",
                 guarded.replace("/rooms", "/ROOMS"), f"{guarded}.css", f"{guarded}/x.css", f"{guarded}%2f", f"{guarded};a=b"]  # fmt: skip
    overrides = [{}, {"X-HTTP-Method-Override": "GET"}, {"X-Original-URL": guarded}, {"X-Rewrite-URL": guarded}]
    for browser in (app.test_client(), login(make.user())):
        for address in spellings:
            for headers in overrides if method == "POST" else overrides[:1]:
                answer = browser.open(address, method=method, headers=headers)
                assert SECRET not in answer.get_data(as_text=True), (method, address, headers)
                assert answer.status_code in {200, 302, 308, 400, 403, 404, 405}, (method, address, answer.status_code)
                assert answer.status_code != 200 or method == "OPTIONS", (method, address)


@pytest.mark.sqlite_only
def test_no_form_is_taken_without_the_token_of_its_own_page(app: Flask, make: Factory, login: Login) -> None:
    person, other = make.user(), make.user()
    make.room(members=(person,))
    token = re.search(r'name="csrf-token" content="([^"]+)"', login(other).get("/about").text)
    assert token is not None
    browser = login(person)
    before = db.session.scalar(select(func.count(Fact.id)))
    taken = []
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            address = re.sub(r"<[^>]+>", "1", rule.rule)
            for form in ({}, {"csrf_token": "made-up"}, {"csrf_token": token.group(1)}):
                answer = browser.open(address, method=method, data=form)
                if answer.status_code not in {400, 404}:
                    taken.append(f"{method} {rule.rule}: {answer.status_code}")
    assert not taken, "\n".join(taken)
    assert db.session.scalar(select(func.count(Fact.id))) == before


def test_json_that_says_it_is_text_is_not_read(make: Factory, login: Login) -> None:
    browser = login(make.user())
    for kind in ("text/plain", "application/x-www-form-urlencoded", "text/plain; charset=application/json"):
        answer = browser.patch("/api/v1/me", data='{"bio": "Taken."}', content_type=kind)
        assert answer.status_code in {400, 415}, kind
    assert browser.get("/api/v1/me").get_json()["bio"] == ""


def test_a_packed_body_is_not_unpacked(app: Flask) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    for address in ("/login", "/api/v1/privacy/check"):
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        answer = app.test_client().post(address, data=bomb, headers=headers)
        assert answer.status_code in {400, 401, 415}, address


def test_a_log_in_ends_after_its_life_however_busy_it_is(make: Factory, login: Login) -> None:
    person = make.user()
    browser = login(person)
    assert browser.get("/account/profile").status_code == 200
    with transaction() as tx:
        ended = clock.now() - timedelta(seconds=1)
        tx.session.execute(update(LoginSession).where(LoginSession.user_id == person.id).values(expires_at=ended))
    assert browser.get("/account/profile").status_code == 302
    assert browser.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "number", ["0", "-1", "1e3", "0x1", "%00", "٣", "2147483648", "9223372036854775808", "9" * 400, "1.0", "+1", "1%20"]
)
def test_what_is_no_id_is_not_found(make: Factory, login: Login, number: str) -> None:
    browser = login(make.user())
    for address in (
        f"/people/{number}",
        f"/rooms/none/threads/{number}",
        f"/api/v1/people/{number}",
        f"/recall/{number}",
    ):
        assert browser.get(address).status_code == 404, address


@pytest.mark.parametrize("limit", ["0", "-1", "1000000000000000000", "x", ""])
def test_a_page_size_of_nonsense_is_refused(app: Flask, limit: str) -> None:
    assert app.test_client().get(f"/api/v1/rooms?limit={limit}").status_code == 422


@pytest.mark.parametrize(("proxies", "believed"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_where_a_request_comes_from_is_believed_of_our_own_proxy_alone(
    app: Flask, settings: Settings, proxies: int, believed: str
) -> None:
    other = create_app(settings.model_copy(update={"trusted_proxies": proxies}))
    seen = []
    other.before_request_funcs.setdefault(None, []).append(lambda: seen.append(request.remote_addr))
    # Whoever calls can write what they like before what the proxy adds.
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    other.test_client().get("/healthz", headers=headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    assert seen == [believed]
