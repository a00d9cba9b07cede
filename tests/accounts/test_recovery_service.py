"""New passwords and addresses: one use, in time, for the right account, and everybody else is logged out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import LoginSession, MailedToken, User
from social_cme.accounts.queries import find_access_token, find_login, list_logins
from social_cme.accounts.services import email_change, recovery
from social_cme.accounts.services.access_tokens import create_access_token
from social_cme.accounts.services.authentication import check_credentials
from social_cme.accounts.services.logins import open_login
from social_cme.accounts.services.mailed_links import LinkIsOver
from social_cme.core.errors import Conflict, Invalid, RateLimited
from social_cme.extensions import db
from social_cme.persistence.facts import facts_since
from social_cme.persistence.transaction import transaction
from tests.accounts.browsing import Mail
from tests.factories import PASSWORD, Factory

pytestmark = pytest.mark.sqlite_only

Member = Callable[..., User]
Outbox = Callable[[], list[Mail]]
HERE = "192.0.2.1"
NEW = "tangerine kettle on the roof"


def reset_link(outbox: Outbox, email: str = "eve@example.org") -> str:
    recovery.request_password_reset(email=email)
    [mail] = outbox()
    assert mail.event == "reset_password"
    return mail.token


def kinds_of(user: User) -> list[str]:
    return [fact.kind for fact in facts_since(db.session(), f"user:{user.id}", since=0, limit=50)]


def test_a_reset_sets_the_password_and_ends_everything_the_old_one_opened(member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    key = open_login(user, lifetime=timedelta(days=1))
    _token, secret = create_access_token(user, name="script", scopes=["read"], days=30)
    recovery.reset_password(reset_link(outbox), password=NEW)
    assert check_credentials(email="eve@example.org", password=NEW, address=HERE) == user
    with pytest.raises(Invalid):
        check_credentials(email="eve@example.org", password=PASSWORD, address=HERE)
    assert find_login(key) is None
    assert find_access_token(secret) is None
    assert kinds_of(user) == ["account.password_changed", "login.ended"]
    assert [mail.event for mail in outbox()] == ["password_changed"]


@pytest.mark.parametrize("email", ["nobody@example.org", "banned@example.org", "", "no address", "\x00"])
def test_a_reset_for_an_address_without_account_mails_nothing(member: Member, outbox: Outbox, email: str) -> None:
    member(email="banned@example.org", state=AccountState.BANNED)
    recovery.request_password_reset(email=email)
    assert outbox() == []


def test_a_reset_link_works_once(member: Member, outbox: Outbox) -> None:
    member(email="eve@example.org")
    token = reset_link(outbox)
    recovery.reset_password(token, password=NEW)
    with pytest.raises(LinkIsOver):
        recovery.reset_password(token, password="another kayak rides north")


def test_a_newer_link_replaces_the_older(member: Member, outbox: Outbox) -> None:
    member(email="eve@example.org")
    first, second = reset_link(outbox), reset_link(outbox)
    with pytest.raises(LinkIsOver):
        recovery.reset_password(first, password=NEW)
    recovery.reset_password(second, password=NEW)


def test_a_reset_link_ends_after_an_hour(member: Member, outbox: Outbox) -> None:
    member(email="eve@example.org")
    token = reset_link(outbox)
    with transaction() as tx:
        tx.session.scalars(select(MailedToken)).one().expires_at -= timedelta(hours=1, seconds=1)
    with pytest.raises(LinkIsOver):
        recovery.reset_password(token, password=NEW)


def test_a_reset_link_ends_when_the_password_is_changed(member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    token = reset_link(outbox)
    recovery.change_password(user, current_password=PASSWORD, new_password=NEW, address=HERE)
    with pytest.raises(LinkIsOver):
        recovery.reset_password(token, password="another kayak rides north")


def test_a_reset_link_is_good_for_its_own_account_alone(member: Member, outbox: Outbox) -> None:
    member(email="eve@example.org")
    other = member(email="other@example.org")
    before = other.password_hash
    recovery.reset_password(reset_link(outbox), password=NEW)
    assert other.password_hash == before


def test_a_refused_password_leaves_the_link_good(member: Member, outbox: Outbox) -> None:
    member(email="eve@example.org", display_name="Evelyn Moore")
    token = reset_link(outbox)
    for weak in ("short", "password1234", "evelyn goes home", "x" * 129):
        with pytest.raises(Invalid) as refusal:
            recovery.reset_password(token, password=weak)
        assert list(refusal.value.fields) == ["password"]
    recovery.reset_password(token, password=NEW)


def test_a_reset_lets_the_owner_in_while_others_guess(
    member: Member, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("social_cme.accounts.services.tries.LOGINS_ANYWHERE", 3)
    user = member(email="eve@example.org")
    for number in range(4):
        with pytest.raises((Invalid, RateLimited)):
            check_credentials(email="eve@example.org", password="guess guess guess", address=f"203.0.113.{number}")
    with pytest.raises(RateLimited):
        check_credentials(email="eve@example.org", password=PASSWORD, address=HERE)
    recovery.reset_password(reset_link(outbox), password=NEW)
    assert check_credentials(email="eve@example.org", password=NEW, address="198.51.100.9") == user


def test_a_reset_confirms_an_unconfirmed_address(member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org", state=AccountState.UNCONFIRMED)
    recovery.reset_password(reset_link(outbox), password=NEW)
    assert user.is_confirmed
    assert "account.confirmed" in kinds_of(user)


def test_changing_the_password_keeps_this_device_and_ends_the_others(member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    here = open_login(user, lifetime=timedelta(days=1))
    open_login(user, lifetime=timedelta(days=1))
    found = find_login(here)
    assert found is not None
    ended = recovery.change_password(
        user, current_password=PASSWORD, new_password=NEW, address=HERE, keep_login_id=found[0].id
    )
    assert ended == 1
    assert [login.id for login in list_logins(user)] == [found[0].id]
    assert [mail.event for mail in outbox()] == ["password_changed"]


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong wrong wrong", NEW, "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, PASSWORD, "new_password"),
    ],
)
def test_a_refused_change_names_the_field_and_changes_nothing(
    member: Member, outbox: Outbox, current: str, new: str, field: str
) -> None:
    user = member(email="eve@example.org")
    before = user.password_hash
    with pytest.raises(Invalid) as refusal:
        recovery.change_password(user, current_password=current, new_password=new, address=HERE)
    assert list(refusal.value.fields) == [field]
    assert user.password_hash == before
    assert outbox() == []


def test_guessing_the_current_password_is_limited(member: Member) -> None:
    user = member(email="eve@example.org")
    for _ in range(5):
        with pytest.raises(Invalid):
            recovery.change_password(user, current_password="guess guess", new_password=NEW, address=HERE)
    with pytest.raises(RateLimited):
        recovery.change_password(user, current_password=PASSWORD, new_password=NEW, address=HERE)


def test_a_failed_reset_stays_silent(member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    token = reset_link(outbox)

    def fail() -> None:
        with transaction():
            recovery.reset_password(token, password=NEW)
            raise Invalid("no")

    with pytest.raises(Invalid):
        fail()
    assert outbox() == []
    assert kinds_of(user) == []
    recovery.reset_password(token, password=NEW)


def test_a_new_address_is_taken_over_when_its_mailbox_answers(member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    assert (
        email_change.request_email_change(user, email="New@Example.org", password=PASSWORD, address=HERE)
        == "new@example.org"
    )
    [mail] = outbox()
    assert (mail.event, mail.recipient, user.email) == ("confirm_new_email", "new@example.org", "eve@example.org")
    assert email_change.new_address_of(user, mail.token) == "new@example.org"
    email_change.confirm_email_change(user, mail.token)
    assert user.email == "new@example.org"
    [notice] = outbox()
    assert (notice.event, notice.recipient) == ("email_changed", "eve@example.org")
    assert kinds_of(user) == ["account.email_changed"]
    with pytest.raises(LinkIsOver):
        email_change.confirm_email_change(user, mail.token)


def test_a_new_address_of_somebody_else_is_told_by_mail_alone(member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    member(email="taken@example.org")
    free = email_change.request_email_change(user, email="free@example.org", password=PASSWORD, address=HERE)
    taken = email_change.request_email_change(user, email="taken@example.org", password=PASSWORD, address=HERE)
    assert (free, taken) == ("free@example.org", "taken@example.org")
    assert [(mail.event, mail.recipient) for mail in outbox()] == [
        ("confirm_new_email", "free@example.org"),
        ("already_registered", "taken@example.org"),
    ]


def test_an_address_taken_in_the_meantime_is_refused(member: Member, make: Factory, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    email_change.request_email_change(user, email="new@example.org", password=PASSWORD, address=HERE)
    make.user(email="new@example.org")
    with pytest.raises(Conflict):
        email_change.confirm_email_change(user, outbox()[0].token)
    assert user.email == "eve@example.org"


def test_another_person_cannot_use_the_link(member: Member, outbox: Outbox) -> None:
    user, other = member(email="eve@example.org"), member(email="other@example.org")
    email_change.request_email_change(user, email="new@example.org", password=PASSWORD, address=HERE)
    token = outbox()[0].token
    with pytest.raises(LinkIsOver):
        email_change.new_address_of(other, token)
    with pytest.raises(LinkIsOver):
        email_change.confirm_email_change(other, token)
    email_change.confirm_email_change(user, token)


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("eve@example.org", PASSWORD, "email"),
        ("nonsense", PASSWORD, "email"),
        ("new@example.org", "wrong wrong", "password"),
    ],
)
def test_a_refused_address_names_the_field(
    member: Member, outbox: Outbox, email: str, password: str, field: str
) -> None:
    user = member(email="eve@example.org")
    with pytest.raises(Invalid) as refusal:
        email_change.request_email_change(user, email=email, password=password, address=HERE)
    assert list(refusal.value.fields) == [field]
    assert outbox() == []


def test_a_new_address_stops_reset_links_mailed_to_the_old_one(member: Member, outbox: Outbox) -> None:
    user = member(email="eve@example.org")
    token = reset_link(outbox)
    email_change.request_email_change(user, email="new@example.org", password=PASSWORD, address=HERE)
    email_change.confirm_email_change(user, outbox()[0].token)
    with pytest.raises(LinkIsOver):
        recovery.reset_password(token, password=NEW)


def test_old_log_ins_and_links_are_forgotten(member: Member, outbox: Outbox) -> None:
    from social_cme.accounts.jobs import forget_old

    user = member(email="eve@example.org")
    open_login(user, lifetime=timedelta(days=-91))
    kept = open_login(user, lifetime=timedelta(days=1))
    reset_link(outbox)
    with transaction() as tx:
        tx.session.scalars(select(MailedToken)).one().expires_at -= timedelta(days=91)
    forget_old()
    assert db.session.scalars(select(MailedToken)).all() == []
    assert len(db.session.scalars(select(LoginSession)).all()) == 1
    assert find_login(kept) is not None
