"""Administration: only administrators, never the last one away, and a ban ends everything at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.queries import find_access_token, find_login
from social_cme.accounts.services.access_tokens import create_access_token
from social_cme.accounts.services.administration import ban_user, create_administrator, lift_ban, set_site_role
from social_cme.accounts.services.logins import open_login
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.persistence.facts import facts_since
from social_cme.persistence.transaction import transaction
from tests.factories import PASSWORD, Factory


def facts_of(user_id: int) -> list[tuple[str, int | None]]:
    return [(fact.kind, fact.actor_id) for fact in facts_since(db.session(), f"user:{user_id}", since=0, limit=50)]


def test_the_operator_creates_a_confirmed_administrator(make: Factory) -> None:
    user = create_administrator(email="Ada@Example.org", display_name="Ada Root", password=PASSWORD)
    assert (user.email, user.state, user.site_role) == ("ada@example.org", AccountState.ACTIVE, SiteRole.ADMINISTRATOR)
    assert facts_of(user.id) == [("account.confirmed", None), ("account.role_changed", None)]


def test_an_administrator_needs_a_good_password_a_name_and_a_free_address(make: Factory) -> None:
    make.user(email="taken@example.org")
    with pytest.raises(Invalid) as refusal:
        create_administrator(email="x", display_name="admin", password="password123")
    assert set(refusal.value.fields) == {"email", "display_name", "password"}
    with pytest.raises(Conflict):
        create_administrator(email="taken@example.org", display_name="Ada Root", password=PASSWORD)


def test_a_ban_ends_log_ins_and_tokens_and_can_be_lifted(make: Factory) -> None:
    admin, user = make.user(role=SiteRole.ADMINISTRATOR), make.user()
    key = open_login(user, lifetime=timedelta(days=1))
    _token, secret = create_access_token(user, name="script", scopes=["read"], days=30)
    ban_user(actor=admin, user_id=user.id, reason=" Advertising.\n")
    assert (user.state, user.ban_reason) == (AccountState.BANNED, "Advertising.")
    assert user.banned_at is not None
    assert find_login(key) is None
    assert find_access_token(secret) is None
    assert facts_of(user.id) == [("login.ended", user.id), ("account.banned", admin.id)]
    lift_ban(actor=admin, user_id=user.id)
    assert (user.state, user.banned_at, user.ban_reason) == (AccountState.ACTIVE, None, "")
    assert find_login(key) is None
    assert find_access_token(secret) is None


def test_the_fact_of_a_ban_holds_no_reason(make: Factory) -> None:
    user = make.user()
    ban_user(actor=None, user_id=user.id, reason="Something personal")
    [fact] = facts_since(db.session(), f"user:{user.id}", since=0, limit=5)
    assert fact.data == {"user_id": user.id}


@pytest.mark.parametrize("role", [SiteRole.MEMBER, SiteRole.MODERATOR, SiteRole.AUDITOR])
def test_only_administrators_administer(make: Factory, role: str) -> None:
    actor, user = make.user(role=role), make.user()
    with pytest.raises(Forbidden):
        ban_user(actor=actor, user_id=user.id, reason="no")
    with pytest.raises(Forbidden):
        lift_ban(actor=actor, user_id=user.id)
    with pytest.raises(Forbidden):
        set_site_role(actor=actor, user_id=actor.id, role=SiteRole.ADMINISTRATOR)
    assert (user.state, actor.site_role) == (AccountState.ACTIVE, role)


def test_a_banned_administrator_administers_nothing(make: Factory) -> None:
    actor = make.user(role=SiteRole.ADMINISTRATOR, state=AccountState.BANNED)
    with pytest.raises(Forbidden):
        ban_user(actor=actor, user_id=make.user().id, reason="no")


def test_administrators_ban_neither_themselves_nor_each_other(make: Factory) -> None:
    one, other = make.user(role=SiteRole.ADMINISTRATOR), make.user(role=SiteRole.ADMINISTRATOR)
    for target in (one, other):
        with pytest.raises(Forbidden):
            ban_user(actor=one, user_id=target.id, reason="no")


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_a_ban_needs_a_reason_people_can_read(make: Factory, reason: str) -> None:
    with pytest.raises(Invalid):
        ban_user(actor=None, user_id=make.user().id, reason=reason)


def test_a_ban_twice_of_nobody_or_of_the_unconfirmed_is_refused(make: Factory) -> None:
    user = make.user()
    ban_user(actor=None, user_id=user.id, reason="x")
    with pytest.raises(Conflict):
        ban_user(actor=None, user_id=user.id, reason="x")
    with pytest.raises(Conflict):
        ban_user(actor=None, user_id=make.user(state=AccountState.UNCONFIRMED).id, reason="x")
    with pytest.raises(NotFound):
        ban_user(actor=None, user_id=2**62, reason="x")
    with pytest.raises(Conflict):
        lift_ban(actor=None, user_id=make.user().id)


def test_roles_are_given_and_the_last_administrator_stays(make: Factory) -> None:
    admin, user = make.user(role=SiteRole.ADMINISTRATOR), make.user()
    with pytest.raises(Conflict):
        set_site_role(actor=admin, user_id=admin.id, role=SiteRole.MEMBER)
    set_site_role(actor=admin, user_id=user.id, role=SiteRole.ADMINISTRATOR)
    set_site_role(actor=user, user_id=admin.id, role=SiteRole.MEMBER)
    assert (admin.site_role, user.site_role) == (SiteRole.MEMBER, SiteRole.ADMINISTRATOR)
    with pytest.raises(Invalid):
        set_site_role(actor=user, user_id=admin.id, role="emperor")


def test_a_failed_ban_stays_silent(make: Factory) -> None:
    user = make.user()

    def fail() -> None:
        with transaction():
            ban_user(actor=None, user_id=user.id, reason="x")
            raise Invalid("no")

    with pytest.raises(Invalid):
        fail()
    assert user.state == AccountState.ACTIVE
    assert facts_of(user.id) == []
