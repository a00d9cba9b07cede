"""The pages of registering, confirming, logging in and out, as a browser meets them."""

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
from social_cme.accounts.queries import find_user_by_email
from social_cme.accounts.services import registration
from social_cme.accounts.services.administration import ban_user
from social_cme.accounts.services.logins import open_login
from tests.accounts.browsing import Browser, Mail
from tests.factories import PASSWORD, Factory

Member = Callable[..., User]
Outbox = Callable[[], list[Mail]]
REGISTRATION = {"display_name": "Eve Moore", "password": PASSWORD, "rules": "y", "time_zone": "Europe/Berlin"}
CHANGING = re.compile(
    r'(name="csrf[-_]token" (?:type="hidden" )?(?:content|value)=)"[^"]*"|(name="server-time" content=)"[^"]*"'
)


def same_body(text: str) -> str:
    """Return a page without what differs on every request: its CSRF tokens and the clock."""
    return CHANGING.sub("", re.sub(r'value="[^"]*\.[^"]*\.[^"]*"', "", text))


def test_somebody_registers_confirms_and_says_who_they_are(browser: Browser, outbox: Outbox) -> None:
    answer = browser.send("/register", email="eve@example.org", **REGISTRATION)
    assert answer.status_code == 200
    assert "Check your mail" in answer.text
    [mail] = outbox()
    assert mail.event == "confirm_email"
    page = browser.get(mail.path)
    assert page.status_code == 200
    assert 'type="password"' not in page.text
    arrived = browser.send(mail.path)
    assert arrived.headers["Location"] == "/welcome"
    form = browser.get("/welcome").text
    assert '<option selected value="Europe/Berlin">' in form
    said = {"profession": "nurse", "specialty": "cardiology", "career_stage": "senior", "time_zone": "Asia/Tokyo"}
    assert browser.send("/welcome", **said, interests="Falls, Home visits").headers["Location"] == "/"
    user = find_user_by_email("eve@example.org")
    assert user is not None
    assert (user.profession, user.time_zone, user.interests) == ("nurse", "Asia/Tokyo", ["Falls", "Home visits"])
    assert user.has_profile


def test_a_mail_scanner_that_opens_the_link_does_not_use_it_up(browser: Browser, app: Flask, outbox: Outbox) -> None:
    browser.send("/register", email="eve@example.org", **REGISTRATION)
    [mail] = outbox()
    scanner = Browser(app)
    for _ in range(3):
        assert scanner.get(mail.path).status_code == 200
    scanner.client.head(mail.path)
    assert browser.send(mail.path).status_code == 302


def test_another_device_confirms_with_the_password(browser: Browser, app: Flask, outbox: Outbox) -> None:
    browser.send("/register", email="eve@example.org", **REGISTRATION)
    [mail] = outbox()
    phone = Browser(app)
    assert phone.send(mail.path).status_code == 422
    assert phone.send(mail.path, password="wrong wrong wrong").status_code == 422
    assert phone.send(mail.path, password=PASSWORD).headers["Location"] == "/welcome"
    assert phone.get("/account/profile").status_code == 200


def test_nobody_confirms_what_a_stranger_registered_with_their_address(
    browser: Browser, app: Flask, make: Factory, outbox: Outbox
) -> None:
    browser.send("/register", email="victim@example.org", **REGISTRATION)
    [mail] = outbox()
    victim = Browser(app)
    assert victim.send(mail.path, password="").status_code == 422
    somebody = make.user()
    make.log_in(victim.client, somebody)
    assert victim.send(mail.path).status_code == 422
    found = find_user_by_email("victim@example.org")
    assert found is not None
    assert not found.is_confirmed


@pytest.mark.parametrize("path", ["/register", "/confirm", "/forgot-password"])
def test_answers_do_not_tell_which_addresses_are_known(app: Flask, member: Member, path: str) -> None:
    member(email="known@example.org")
    member(email="banned@example.org", state=AccountState.BANNED)
    registration.register(email="waits@example.org", display_name="Wanda Waits", password=PASSWORD)
    answers = []
    for number, who in enumerate(("known", "banned", "waits", "never")):
        fields = {**REGISTRATION, "display_name": f"Eve Moore {number}"} if path == "/register" else {}
        answer = Browser(app).send(path, email=f"{who}@example.org", **fields)
        body = same_body(answer.text).replace(f"{who}@example.org", "ADDRESS")
        answers.append((answer.status_code, sorted(answer.headers.keys()), body))
    assert answers[0][0] == 200
    assert all(one == answers[0] for one in answers)


def test_failed_log_ins_do_not_tell_which_addresses_are_known(app: Flask, member: Member) -> None:
    member(email="known@example.org")
    member(email="banned@example.org", state=AccountState.BANNED)
    answers = []
    for who in ("known", "banned", "never"):
        for _ in range(6):
            answer = Browser(app).log_in(f"{who}@example.org", "wrong wrong wrong")
        body = same_body(answer.text).replace(f"{who}@example.org", "ADDRESS")
        answers.append((answer.status_code, body))
    assert answers[0][0] == 429
    assert all(one == answers[0] for one in answers)


def test_a_refused_registration_keeps_everything_but_the_password(browser: Browser, outbox: Outbox) -> None:
    fields = {**REGISTRATION, "password": "password123"}
    answer = browser.send("/register", email="eve@example.org", **fields)
    assert answer.status_code == 422
    assert 'value="Eve Moore"' in answer.text
    assert 'value="eve@example.org"' in answer.text
    assert "password123" not in answer.text
    assert outbox() == []


@pytest.mark.parametrize("missing", ["display_name", "email", "password", "rules"])
def test_registration_asks_for_everything(browser: Browser, outbox: Outbox, missing: str) -> None:
    fields: dict[str, Any] = {"email": "eve@example.org", **REGISTRATION}
    del fields[missing]
    assert browser.send("/register", **fields).status_code == 422
    assert outbox() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "x" * 300 + "@example.org"}, {"email": "a@b.org\r\nBcc: c@d.org"}, {"display_name": "x" * 5000},
        {"password": "y" * 200_000}, {"display_name": "\x00\u202e"}, {"email": "😀@example.org"}, {"time_zone": "x" * 500},
        {"site_role": "administrator", "email": ""},
    ],
)  # fmt: skip
def test_hostile_input_is_refused_with_a_page(browser: Browser, outbox: Outbox, fields: dict[str, str]) -> None:
    answer = browser.send("/register", **{"email": "eve@example.org", **REGISTRATION, **fields})
    assert answer.status_code == 422
    assert outbox() == []


def test_nobody_registers_into_another_role(browser: Browser) -> None:
    fields = {"site_role": "administrator", "state": "active", "confirmed_at": "2020-01-01", "id": "1"}
    browser.send("/register", email="eve@example.org", **REGISTRATION, **fields)
    user = find_user_by_email("eve@example.org")
    assert user is not None
    assert (user.site_role, user.state) == ("member", AccountState.UNCONFIRMED)


def test_logging_in_leads_to_the_page_that_was_asked_for(browser: Browser, member: Member) -> None:
    member(email="eve@example.org")
    sent_away = browser.get("/account/devices?x=1")
    assert sent_away.headers["Location"] == "/login?next=/account/devices?x%3D1"
    arrived = browser.log_in("eve@example.org", PASSWORD, sent_away.headers["Location"])
    assert arrived.headers["Location"] == "/account/devices?x=1"


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "/%09/evil.example"])
def test_logging_in_never_leads_to_another_site(browser: Browser, member: Member, target: str) -> None:
    member(email="eve@example.org")
    path = "/login?" + "next=" + target.replace("%", "%25").replace("\\", "%5C")
    assert browser.log_in("eve@example.org", PASSWORD, path).headers["Location"] == "/"


def test_a_cookie_from_before_the_log_in_is_worth_nothing_after_it(
    app: Flask, browser: Browser, member: Member
) -> None:
    member(email="eve@example.org")
    browser.get("/login")
    planted = browser.client.get_cookie("session")
    assert planted is not None
    browser.log_in("eve@example.org", PASSWORD)
    thief = Browser(app)
    thief.client.set_cookie("session", planted.value)
    assert thief.get("/account/profile").status_code == 302
    fresh = browser.client.get_cookie("session")
    assert fresh is not None
    assert fresh.value != planted.value


def test_a_copied_cookie_is_worth_nothing_after_logging_out(app: Flask, browser: Browser, member: Member) -> None:
    member(email="eve@example.org")
    browser.log_in("eve@example.org", PASSWORD)
    copied = browser.client.get_cookie("session")
    assert copied is not None
    assert browser.get("/account/profile").status_code == 200
    assert browser.send("/logout", "/account/profile").headers["Location"] == "/"
    thief = Browser(app)
    thief.client.set_cookie("session", copied.value)
    assert thief.get("/account/profile").status_code == 302
    assert thief.get("/api/v1/me").status_code == 401


def test_logging_in_again_ends_the_log_in_before(app: Flask, browser: Browser, member: Member, make: Factory) -> None:
    eve, other = member(email="eve@example.org"), make.user()
    make.log_in(browser.client, other)
    before = browser.client.get_cookie("session")
    assert before is not None
    registration.resend_confirmation(email=eve.email)
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = str(eve.id)  # The row says who it is; a cookie that claims another person logs nobody in.
    assert browser.get("/account/profile").status_code == 302
    browser.log_in("eve@example.org", PASSWORD)
    thief = Browser(app)
    thief.client.set_cookie("session", before.value)
    assert thief.get("/account/profile").status_code == 302


@pytest.mark.parametrize("how", ["get", "head"])
def test_logging_out_is_not_a_link(browser: Browser, member: Member, how: str) -> None:
    member(email="eve@example.org")
    browser.log_in("eve@example.org", PASSWORD)
    assert getattr(browser.client, how)("/logout").status_code == 405
    assert browser.get("/account/profile").status_code == 200


def test_a_ban_ends_the_log_in_at_once_and_says_why(browser: Browser, member: Member) -> None:
    user = member(email="eve@example.org")
    browser.log_in("eve@example.org", PASSWORD)
    ban_user(actor=None, user_id=user.id, reason="Advertising <b>pills</b>")
    assert browser.get("/account/profile").status_code == 302
    answer = browser.log_in("eve@example.org", PASSWORD)
    assert answer.status_code == 403
    assert "Advertising &lt;b&gt;pills&lt;/b&gt;" in answer.text


def test_an_idle_log_in_ends(app: Flask, browser: Browser, member: Member) -> None:
    from social_cme.accounts.models import LoginSession
    from social_cme.extensions import db
    from social_cme.persistence.transaction import transaction

    member(email="eve@example.org")
    browser.log_in("eve@example.org", PASSWORD)
    idle = timedelta(minutes=app.extensions["settings"].session_idle_minutes)
    with transaction():
        row = db.session.query(LoginSession).one()
        row.last_seen_at -= idle + timedelta(seconds=1)
    assert browser.get("/account/profile").status_code == 302


def test_an_unconfirmed_person_may_log_in_and_is_asked_to_confirm(browser: Browser, member: Member) -> None:
    member(email="eve@example.org", state=AccountState.UNCONFIRMED)
    assert browser.log_in("eve@example.org", PASSWORD).headers["Location"] == "/confirm"
    assert 'value="eve@example.org"' in browser.get("/confirm").text


def test_the_log_in_page_asks_the_database_nothing(client: FlaskClient, count_queries: Callable[[], Any]) -> None:
    client.get("/login")
    with count_queries() as seen:
        assert client.get("/login").status_code == 200
    assert seen == []


def test_a_log_in_costs_the_same_however_many_there_were(
    app: Flask, member: Member, count_queries: Callable[[], Any]
) -> None:
    user = member(email="eve@example.org")
    counts = []
    for _ in range(2):
        one = Browser(app)
        token = one.token("/login")
        with count_queries() as seen:
            one.client.post("/login", data={"csrf_token": token, "email": "eve@example.org", "password": PASSWORD})
        counts.append(len(seen))
        for _ in range(30):
            open_login(user, lifetime=timedelta(days=1))
    assert counts[0] == counts[1]


def test_who_is_logged_in_does_not_register_or_log_in_again(
    login: Callable[[User], FlaskClient], make: Factory
) -> None:
    client = login(make.user())
    assert client.get("/register").headers["Location"] == "/"
    assert client.get("/login?next=/account/devices").headers["Location"] == "/account/devices"
    assert client.get("/confirm").headers["Location"] == "/"
