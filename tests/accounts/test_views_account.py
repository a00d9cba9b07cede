"""The pages of one's own account and the public page of a member."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.accounts.queries import list_access_tokens, list_logins
from social_cme.accounts.services.access_tokens import create_access_token
from social_cme.accounts.services.logins import open_login
from tests.accounts.browsing import Browser
from tests.factories import PASSWORD, Factory

Member = Callable[..., User]
HOSTILE = '"><script>alert(1)</script>{{7*7}}\u202e'
OWN_PAGES = [
    "/account/profile",
    "/account/password",
    "/account/email",
    "/account/devices",
    "/account/tokens",
    "/welcome",
]


@pytest.fixture
def eve(member: Member) -> User:
    return member(email="eve@example.org", display_name="Eve Moore")


@pytest.fixture
def inside(browser: Browser, eve: User) -> Browser:
    browser.log_in("eve@example.org", PASSWORD)
    return browser


@pytest.mark.parametrize("path", OWN_PAGES)
def test_the_own_pages_ask_strangers_to_log_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("path", OWN_PAGES)
def test_the_own_pages_are_not_cached_and_cost_few_queries(
    inside: Browser, path: str, count_queries: Callable[[], Any]
) -> None:
    inside.get(path)
    with count_queries() as seen:
        answer = inside.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(seen) <= 4


def test_every_form_needs_its_csrf_token(app: Flask, inside: Browser, eve: User) -> None:
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("accounts.") and "POST" in (rule.methods or ())
    ]
    assert len(paths) >= 14
    before = [login.id for login in list_logins(eve)]
    for rule in paths:
        path = re.sub(r"<[^>]*>", "1", rule)
        for fields in ({}, {"csrf_token": "made-up"}, {"csrf_token": Browser(app).token("/login")}):
            answer = inside.client.post(path, data={"email": "x@example.org", **fields})
            assert answer.status_code == 400, rule
    assert [login.id for login in list_logins(eve)] == before
    assert inside.get("/account/profile").status_code == 200


def test_a_profile_is_edited_and_shown(inside: Browser, eve: User, client: FlaskClient) -> None:
    fields = {
        "display_name": "Dr. Eve Moore", "profession": "physician", "specialty": "", "career_stage": "senior",
        "time_zone": "Europe/Paris", "bio": "First line.\r\nSecond line.", "interests": "Falls,  home visits , falls",
    }  # fmt: skip
    assert inside.send("/account/profile", **fields).headers["Location"] == "/account/profile"
    page = client.get(f"/people/{eve.id}").text
    for words in ("Dr. Eve Moore", "Physician", "Senior", "First line.\nSecond line.", "Falls", "home visits"):
        assert words in page
    assert "eve@example.org" not in page
    assert "Edit profile" not in page
    assert "Edit profile" in inside.get(f"/people/{eve.id}").text


def test_a_refused_profile_keeps_what_was_written(inside: Browser, eve: User) -> None:
    fields = {"display_name": "<i>Eve</i>", "time_zone": "UTC", "bio": "Long thought", "interests": "a"}
    answer = inside.send("/account/profile", **fields)
    assert answer.status_code == 422
    assert "Long thought" in answer.text
    assert "&lt;i&gt;Eve&lt;/i&gt;" in answer.text
    assert eve.bio == ""


def test_hostile_texts_are_shown_as_text(make: Factory, inside: Browser, client: FlaskClient) -> None:
    person = make.user(display_name=HOSTILE, name_key="x", bio=HOSTILE, interests=[HOSTILE])
    create_access_token(person, name="x", scopes=["read"], days=30)
    for page in (client.get(f"/people/{person.id}").text, inside.get(f"/people/{person.id}").text):
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page


@pytest.mark.parametrize("agent", ['<img src=x onerror=alert(1)> Firefox/1 "', "\x7f", "x" * 5000])
def test_devices_are_listed_and_logged_out(app: Flask, inside: Browser, eve: User, agent: str) -> None:
    other = Browser(app, HTTP_USER_AGENT=agent)
    other.log_in("eve@example.org", PASSWORD)
    page = inside.get("/account/devices").text
    assert page.count('class="row device-row"') == 2
    assert "<img src=x" not in page
    assert other.get("/account/profile").status_code == 200
    assert inside.send("/account/devices/end-others", "/account/devices").status_code == 302
    assert other.get("/account/profile").status_code == 302
    assert inside.get("/account/profile").status_code == 200


def test_one_device_is_logged_out_by_its_owner_alone(app: Flask, inside: Browser, eve: User, make: Factory) -> None:
    stranger = make.user()
    open_login(stranger, lifetime=timedelta(days=1))
    [foreign] = list_logins(stranger)
    for login_id in (foreign.id, 999_999, 2**62):
        assert inside.send(f"/account/devices/{login_id}/end", "/account/devices").status_code == 404
    assert list_logins(stranger) != []
    open_login(eve, lifetime=timedelta(days=1))
    newest = list_logins(eve)[0]
    assert inside.send(f"/account/devices/{newest.id}/end", "/account/devices").status_code == 302
    assert newest.id not in {login.id for login in list_logins(eve)}


def test_the_list_of_devices_costs_the_same_however_long(
    inside: Browser, eve: User, count_queries: Callable[[], Any]
) -> None:
    counts = []
    for _ in range(2):
        inside.get("/account/devices")
        with count_queries() as seen:
            inside.get("/account/devices")
        counts.append(len(seen))
        for _ in range(20):
            open_login(eve, lifetime=timedelta(days=1))
    assert counts[0] == counts[1]


def test_a_token_is_shown_once(inside: Browser, eve: User) -> None:
    answer = inside.send("/account/tokens", name="Reading list", scopes="read", days="90")
    assert answer.status_code == 201
    secret = re.search(r"scme_[\w-]{43}", answer.text)
    assert secret is not None
    assert answer.headers["Cache-Control"] == "no-store"
    page = inside.get("/account/tokens").text
    assert "Reading list" in page
    assert secret.group() not in page
    [token] = list_access_tokens(eve)
    assert inside.send(f"/account/tokens/{token.id}/revoke", "/account/tokens").status_code == 302
    assert list_access_tokens(eve) == []


def test_reloading_the_answer_makes_no_second_token(inside: Browser, eve: User) -> None:
    fields = {"name": "x", "scopes": "read", "days": "30", "client_id": "abcdefgh"}
    assert inside.send("/account/tokens", **fields).status_code == 201
    assert inside.send("/account/tokens", **fields).status_code == 409
    assert len(list_access_tokens(eve)) == 1


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"scopes": "admin"}, {"days": "9999"}, {"days": "x"}, {"name": "x" * 81}, {"client_id": "x" * 99}],
)
def test_a_wrong_token_form_is_refused(inside: Browser, eve: User, fields: dict[str, str]) -> None:
    assert inside.send("/account/tokens", **{"name": "x", "scopes": "read", "days": "30", **fields}).status_code == 422
    assert list_access_tokens(eve) == []


def test_tokens_of_others_are_not_there(inside: Browser, make: Factory) -> None:
    token, _secret = create_access_token(make.user(), name="foreign token", scopes=["read"], days=30)
    assert inside.send(f"/account/tokens/{token.id}/revoke", "/account/tokens").status_code == 404
    assert "foreign token" not in inside.get("/account/tokens").text


def test_the_password_is_changed_in_the_account(app: Flask, inside: Browser) -> None:
    fields = {"current_password": PASSWORD, "new_password": "tangerine kettle on the roof"}
    assert inside.send("/account/password", **{**fields, "current_password": "wrong wrong"}).status_code == 422
    assert inside.send("/account/password", **fields).status_code == 302
    assert inside.get("/account/profile").status_code == 200
    assert Browser(app).log_in("eve@example.org", PASSWORD).status_code == 422


@pytest.mark.parametrize("user_id", ["0", "-1", "999999", "9223372036854775808", "1" * 400, "1e3", "%00", "x"])
def test_people_who_are_not_there_get_one_answer(client: FlaskClient, user_id: str) -> None:
    assert client.get(f"/people/{user_id}").status_code == 404


@pytest.mark.parametrize("state", [AccountState.UNCONFIRMED, AccountState.BANNED, AccountState.CLOSED])
def test_people_who_are_not_to_be_seen_look_like_absent_ones(client: FlaskClient, make: Factory, state: str) -> None:
    hidden = client.get(f"/people/{make.user(state=state).id}")
    assert hidden.status_code == 404


def test_an_unconfirmed_person_is_told_why_there_is_no_token_form(browser: Browser, member: Member) -> None:
    member(email="new@example.org", state=AccountState.UNCONFIRMED)
    browser.log_in("new@example.org", PASSWORD)
    page = browser.get("/account/tokens").text
    assert "Confirm your e-mail address first" in page
    assert browser.send("/account/tokens", name="x", scopes="read", days="30").status_code == 403
