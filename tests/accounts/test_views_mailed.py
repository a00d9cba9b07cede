"""Pages that are opened with a mailed link: one use, no leak, always this site's own address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from social_cme.accounts.models import User
from social_cme.accounts.services import registration
from tests.accounts.browsing import Browser, Mail
from tests.factories import PASSWORD

Member = Callable[..., User]
Outbox = Callable[[], list[Mail]]
NEW = "tangerine kettle on the roof"


def ask_for_reset(browser: Browser, outbox: Outbox, **options: object) -> Mail:
    browser.send("/forgot-password", email="eve@example.org", **options)
    [mail] = outbox()
    return mail


def test_a_forgotten_password_is_set_anew(browser: Browser, app: Flask, member: Member, outbox: Outbox) -> None:
    member(email="eve@example.org")
    before = Browser(app)
    before.log_in("eve@example.org", PASSWORD)
    mail = ask_for_reset(browser, outbox)
    assert "eve@example.org" in browser.get(mail.path).text
    assert browser.send(mail.path, password="short").status_code == 422
    assert browser.send(mail.path, password=NEW).headers["Location"] == "/login"
    assert before.get("/account/profile").status_code == 302
    assert browser.log_in("eve@example.org", PASSWORD).status_code == 422
    assert browser.log_in("eve@example.org", NEW).status_code == 302
    assert browser.get(mail.path).status_code == 410


def test_links_carry_the_configured_address_whatever_host_the_request_names(
    app: Flask, member: Member, outbox: Outbox
) -> None:
    member(email="eve@example.org")
    poisoned = Browser(app, HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    mail = ask_for_reset(poisoned, outbox)
    assert mail.link.startswith("http://localhost/reset-password/")
    assert "evil" not in mail.text + mail.html + mail.subject


@pytest.mark.parametrize("path", ["/confirm/", "/reset-password/", "/account/email/"])
def test_the_secret_of_a_link_leaves_the_page_neither_as_referrer_nor_into_a_cache(
    browser: Browser, member: Member, path: str
) -> None:
    member(email="eve@example.org")
    browser.log_in("eve@example.org", PASSWORD)
    answer = browser.get(path + "x" * 43)
    assert answer.status_code == 410
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 5000, "%00", "%F0%9F%98%80", "..", "' OR 1=1 --"])
@pytest.mark.parametrize("path", ["/confirm/", "/reset-password/"])
def test_made_up_links_get_one_answer(browser: Browser, path: str, token: str) -> None:
    answer = browser.get(path + token)
    assert answer.status_code in {404, 410}
    if token != "..":
        assert "does not work any more" in answer.text


def test_what_people_typed_is_a_value_in_mails_never_a_template(
    browser: Browser, member: Member, outbox: Outbox
) -> None:
    member(email="eve@example.org", display_name="{{ 7*7 }} <b>Eve</b> {% raw %}", name_key="anything")
    mail = ask_for_reset(browser, outbox)
    assert "{{ 7*7 }} <b>Eve</b> {% raw %}" in mail.text
    assert "{{ 7*7 }} &lt;b&gt;Eve&lt;/b&gt; {% raw %}" in mail.html
    assert "49" not in mail.html


def test_a_new_address_is_confirmed_with_a_button(browser: Browser, member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    browser.log_in("eve@example.org", PASSWORD)
    assert browser.send("/account/email", email="new@example.org", password="wrong wrong").status_code == 422
    assert browser.send("/account/email", email="new@example.org", password=PASSWORD).status_code == 200
    [mail] = outbox()
    assert "new@example.org" in browser.get(mail.path).text
    assert user.email == "eve@example.org"
    assert browser.send(mail.path).headers["Location"] == "/account/email"
    assert "new@example.org" in browser.get("/account/email").text


def test_every_mail_has_a_subject_text_and_html(app: Flask, member: Member, browser: Browser, outbox: Outbox) -> None:
    member(email="eve@example.org")
    registration.register(email="new@example.org", display_name="Nora New", password=PASSWORD)
    registration.register(email="eve@example.org", display_name="Nora Neu", password=PASSWORD)
    browser.log_in("eve@example.org", PASSWORD)
    browser.send("/account/password", current_password=PASSWORD, new_password=NEW)
    mails = outbox()
    assert [mail.event for mail in mails] == ["confirm_email", "already_registered", "password_changed"]
    for mail in mails:
        assert mail.subject
        assert "!" not in mail.subject + mail.text
        assert "<p>" in mail.html
