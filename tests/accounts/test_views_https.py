"""The same pages behind https, with rate limits on and registration closed: as they run in production."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from social_cme.accounts.models import User
from tests.accounts.browsing import Browser, Mail
from tests.conftest import build_settings
from tests.factories import PASSWORD

Member = Callable[..., User]
ADDRESS = "https://cme.example.org"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return build_settings(
        tmp_path / "instance", database_url=database_url, public_url=ADDRESS, rate_limits=True, registration="closed"
    )


@pytest.fixture
def secure(app: Flask) -> Browser:
    return Browser(app, **{"wsgi.url_scheme": "https", "HTTP_HOST": "cme.example.org", "SERVER_PORT": "443"})


def test_a_mailed_link_works_with_the_referrer_that_its_own_page_allows(
    secure: Browser, member: Member, outbox: Callable[[], list[Mail]]
) -> None:
    member(email="eve@example.org")
    secure.environment["HTTP_REFERER"] = f"{ADDRESS}/forgot-password"
    secure.send("/forgot-password", email="eve@example.org")
    [mail] = outbox()
    assert mail.link.startswith(f"{ADDRESS}/reset-password/")
    assert secure.get(mail.path).headers["Referrer-Policy"] == "strict-origin"
    # What "strict-origin" leaves of the page's address.
    secure.environment["HTTP_REFERER"] = f"{ADDRESS}/"
    assert secure.send(mail.path, password="tangerine kettle on the roof").status_code == 302


def test_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(secure: Browser, member: Member) -> None:
    member(email="eve@example.org")
    secure.environment["HTTP_REFERER"] = f"{ADDRESS}/login"
    cookie = secure.log_in("eve@example.org", PASSWORD).headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_closed_registration_says_so_and_opens_nothing(secure: Browser, outbox: Callable[[], list[Mail]]) -> None:
    page = secure.get("/register")
    assert page.status_code == 403
    assert "Registration is closed" in page.text
    secure.environment["HTTP_REFERER"] = f"{ADDRESS}/login"
    fields = {"display_name": "Eve", "email": "eve@example.org", "password": PASSWORD, "rules": "y"}
    assert secure.send("/register", "/login", **fields).status_code == 403
    assert outbox() == []


def test_one_address_cannot_try_many_accounts(secure: Browser) -> None:
    secure.environment["HTTP_REFERER"] = f"{ADDRESS}/login"
    results = []
    for number in range(31):
        # A made-up forwarding header does not make another caller.
        secure.environment["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        results.append(secure.log_in(f"person{number}@example.org", "guess guess guess").status_code)
    assert results == [422] * 30 + [429]


def test_successful_log_ins_of_a_whole_department_are_not_limited(app: Flask, member: Member) -> None:
    for number in range(31):
        member(email=f"doctor{number}@example.org")
        one = Browser(app, **{"wsgi.url_scheme": "https", "HTTP_HOST": "cme.example.org", "SERVER_PORT": "443"})
        one.environment["HTTP_REFERER"] = f"{ADDRESS}/login"
        assert one.log_in(f"doctor{number}@example.org", PASSWORD).status_code == 302
