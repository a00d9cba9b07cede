"""Registering and confirming: nothing tells about other accounts, and nobody confirms what a stranger registered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import LoginSession, MailedToken, User
from social_cme.accounts.passwords import verify_password
from social_cme.accounts.queries import find_user_by_email
from social_cme.accounts.services import registration
from social_cme.accounts.services.authentication import check_credentials
from social_cme.accounts.services.logins import open_login
from social_cme.accounts.services.mailed_links import LinkIsOver
from social_cme.accounts.services.tries import MAILS_TO_ADDRESS
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid
from social_cme.extensions import db
from social_cme.persistence.facts import facts_since
from social_cme.persistence.transaction import transaction
from tests.accounts.browsing import Mail
from tests.factories import PASSWORD, Factory

pytestmark = pytest.mark.sqlite_only

Outbox = Callable[[], list[Mail]]
EVE = {"email": "eve@example.org", "display_name": "Eve Moore", "password": PASSWORD}


def token_in(mails: list[Mail]) -> str:
    [mail] = mails
    return mail.token


def eve() -> User:
    found = find_user_by_email("eve@example.org")
    assert found is not None
    return found


def test_registering_opens_an_unconfirmed_account_and_mails_a_link(app: Flask, outbox: Outbox) -> None:
    registration.register(**{**EVE, "email": " Eve@Example.org "}, time_zone="Europe/Berlin")
    user = eve()
    assert (user.state, user.display_name, user.time_zone) == (AccountState.UNCONFIRMED, "Eve Moore", "Europe/Berlin")
    assert verify_password(user.password_hash, PASSWORD)
    [mail] = outbox()
    assert (mail.event, mail.recipient) == ("confirm_email", "eve@example.org")
    assert mail.link == f"http://localhost/confirm/{mail.token}"
    # A stranger may have chosen the name, so a mail to an unproven address does not carry it.
    assert "Eve" not in mail.subject + mail.text + mail.html


def test_the_link_is_kept_as_a_hash(app: Flask, outbox: Outbox) -> None:
    registration.register(**EVE)
    token = token_in(outbox())
    row = db.session.scalars(select(MailedToken)).one()
    assert token not in (row.token_hash, row.browser_hash)


def test_everything_wrong_is_said_at_once(app: Flask, outbox: Outbox) -> None:
    with pytest.raises(Invalid) as refusal:
        registration.register(email="nobody", display_name="<i>", password="short")
    assert set(refusal.value.fields) == {"email", "display_name", "password"}
    assert outbox() == []
    assert db.session.scalar(select(func.count(User.id))) == 0


@pytest.mark.parametrize(
    "copy", ["Amara Okafor", "dr. amara okafor", "Аmаrа Okafor".replace("А", "A"), "Amara  0kafor"]
)
def test_a_name_that_looks_like_a_members_is_refused(make: Factory, copy: str) -> None:
    make.user("Dr. Amara Okafor")
    with pytest.raises(Invalid) as refusal:
        registration.register(**{**EVE, "display_name": copy})
    assert list(refusal.value.fields) == ["display_name"]


def test_an_unconfirmed_account_does_not_hold_its_name(app: Flask, outbox: Outbox) -> None:
    registration.register(**EVE)
    registration.register(**{**EVE, "email": "other@example.org"})
    assert [mail.recipient for mail in outbox()] == ["eve@example.org", "other@example.org"]


def test_a_known_address_is_told_by_mail_alone(make: Factory, outbox: Outbox) -> None:
    known = make.user(email="eve@example.org", password_hash="!")
    registration.register(**EVE)
    [mail] = outbox()
    assert (mail.event, mail.recipient) == ("already_registered", "eve@example.org")
    assert (known.password_hash, known.display_name) != (PASSWORD, "Eve Moore")
    assert db.session.scalar(select(func.count(User.id))) == 1


def test_a_banned_address_gets_nothing(make: Factory, outbox: Outbox) -> None:
    make.user(email="eve@example.org", state=AccountState.BANNED)
    registration.register(**EVE)
    assert outbox() == []


def test_registering_again_replaces_what_nobody_confirmed(app: Flask, outbox: Outbox) -> None:
    registration.register(**EVE)
    first = token_in(outbox())
    open_login(eve(), lifetime=timedelta(days=1))
    registration.register(**{**EVE, "display_name": "Eve M. Moore", "password": "another kayak rides north"})
    second = token_in(outbox())
    assert eve().display_name == "Eve M. Moore"
    assert verify_password(eve().password_hash, "another kayak rides north")
    with pytest.raises(LinkIsOver):
        registration.confirm_email(first, actor=eve())
    assert db.session.scalars(select(LoginSession)).one().ended_at is not None
    assert registration.confirm_email(second, actor=eve()).is_confirmed


def test_a_mailbox_is_not_flooded(app: Flask, outbox: Outbox) -> None:
    for _ in range(MAILS_TO_ADDRESS + 3):
        registration.register(**EVE)
    assert len(outbox()) == MAILS_TO_ADDRESS


def test_two_registrations_at_once_make_one_account(app: Flask, outbox: Outbox) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with app.app_context():
                registration.register(**EVE)
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == []
    assert db.session.scalar(select(func.count(User.id))) == 1


def test_the_registering_browser_confirms_without_a_password(app: Flask, outbox: Outbox) -> None:
    registration.register(**EVE, browser_key="browser-1")
    token = token_in(outbox())
    user, at_home = registration.open_confirmation(token, actor=None, browser_key="browser-1")
    assert at_home
    assert not user.is_confirmed
    confirmed = registration.confirm_email(token, browser_key="browser-1")
    assert confirmed.is_confirmed
    assert confirmed.confirmed_at is not None
    [fact] = facts_since(db.session(), f"user:{confirmed.id}", since=0, limit=10)
    assert (fact.kind, fact.data) == ("account.confirmed", {"user_id": confirmed.id})


@pytest.mark.parametrize("key", [None, "", "browser-2"])
def test_another_browser_needs_the_password(app: Flask, make: Factory, outbox: Outbox, key: str | None) -> None:
    stranger = make.user()
    registration.register(**EVE, browser_key="browser-1")
    token = token_in(outbox())
    for actor in (None, stranger):
        with pytest.raises(Forbidden):
            registration.confirm_email(token, actor=actor, browser_key=key)
    assert not eve().is_confirmed
    somebody = check_credentials(email="eve@example.org", password=PASSWORD, address="192.0.2.1")
    assert registration.confirm_email(token, actor=somebody, browser_key=key).is_confirmed


def test_a_link_works_once(app: Flask, outbox: Outbox) -> None:
    registration.register(**EVE, browser_key="b")
    token = token_in(outbox())
    registration.confirm_email(token, browser_key="b")
    with pytest.raises(LinkIsOver):
        registration.confirm_email(token, browser_key="b")
    with pytest.raises(LinkIsOver):
        registration.open_confirmation(token, actor=None, browser_key="b")


def test_a_link_ends_after_three_days(app: Flask, outbox: Outbox) -> None:
    registration.register(**EVE, browser_key="b")
    token = token_in(outbox())
    age(timedelta(days=3, seconds=1))
    with pytest.raises(LinkIsOver):
        registration.confirm_email(token, browser_key="b")


def age(by: timedelta) -> None:
    with transaction() as tx:
        for row in tx.session.scalars(select(MailedToken)):
            row.expires_at -= by


def test_a_reset_link_does_not_confirm_and_the_other_way_round(app: Flask, outbox: Outbox) -> None:
    registration.register(**EVE, browser_key="b")
    token = token_in(outbox())
    with transaction() as tx:
        tx.session.scalars(select(MailedToken)).one().purpose = "reset_password"
    with pytest.raises(LinkIsOver):
        registration.confirm_email(token, browser_key="b")


def test_the_link_is_sent_again_only_to_those_who_wait(make: Factory, outbox: Outbox) -> None:
    make.user(email="done@example.org")
    registration.register(**EVE)
    first = token_in(outbox())
    for email in ("EVE@example.org ", "done@example.org", "unknown@example.org", "no address"):
        registration.resend_confirmation(email=email)
    second = token_in(outbox())
    assert first != second
    with pytest.raises(LinkIsOver):
        registration.confirm_email(first, actor=eve())


def test_who_confirms_second_gets_a_number_behind_the_name(app: Flask, outbox: Outbox) -> None:
    registration.register(**EVE, browser_key="b")
    registration.register(**{**EVE, "email": "other@example.org"}, browser_key="b")
    for mail in outbox():
        registration.confirm_email(mail.token, browser_key="b")
    names = db.session.scalars(select(User.display_name).order_by(User.id)).all()
    assert names == ["Eve Moore", "Eve Moore 2"]


def test_a_failure_leaves_no_account_and_no_mail(app: Flask, outbox: Outbox) -> None:
    def fail() -> None:
        with transaction():
            registration.register(**EVE)
            raise Invalid("no")

    with pytest.raises(Invalid):
        fail()
    assert find_user_by_email("eve@example.org") is None
    assert outbox() == []


def test_an_unknown_time_zone_becomes_utc(app: Flask) -> None:
    registration.register(**EVE, time_zone="../../etc/passwd")
    assert eve().time_zone == "UTC"
    assert eve().password_changed_at is not None
    assert eve().password_changed_at <= clock.now()
