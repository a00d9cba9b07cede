"""Personal access tokens: shown once, limited in scope and time, one's own alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_cme.accounts.enums import AccountState
from social_cme.accounts.queries import find_access_token, list_access_tokens
from social_cme.accounts.services.access_tokens import (
    MOST_TOKENS,
    create_access_token,
    revoke_access_token,
    touch_access_token,
)
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.persistence.transaction import transaction
from tests.factories import Factory


def test_a_token_is_kept_as_a_hash_and_opens_the_account(make: Factory) -> None:
    user = make.user()
    token, secret = create_access_token(user, name=" Reading\nlist ", scopes=["write"], days=90)
    assert secret.startswith("scme_")
    assert token.name == "Reading list"
    assert token.scopes == ["read", "write"]
    assert secret not in token.token_hash
    assert token.expires_at is not None
    assert abs(token.expires_at - clock.now() - timedelta(days=90)) < timedelta(minutes=1)
    found = find_access_token(secret)
    assert found is not None
    assert found[1] == user


@pytest.mark.parametrize(
    ("name", "scopes", "days", "field"),
    [
        ("", ["read"], 30, "name"),
        ("x" * 81, ["read"], 30, "name"),
        ("script", [], 30, "scopes"),
        ("script", ["admin"], 30, "scopes"),
        ("script", ["read"], 31, "days"),
        ("script", ["read"], -1, "days"),
    ],
)
def test_what_is_wrong_with_a_token_is_named(
    make: Factory, name: str, scopes: list[str], days: int, field: str
) -> None:
    user = make.user()
    with pytest.raises(Invalid) as refusal:
        create_access_token(user, name=name, scopes=scopes, days=days)
    assert list(refusal.value.fields) == [field]
    assert list_access_tokens(user) == []


def test_an_unconfirmed_account_gets_no_token(make: Factory) -> None:
    with pytest.raises(Forbidden):
        create_access_token(make.user(state=AccountState.UNCONFIRMED), name="x", scopes=["read"], days=30)


def test_sending_the_form_twice_makes_one_token(make: Factory) -> None:
    user = make.user()
    create_access_token(user, name="script", scopes=["read"], days=30, client_id="request-1")
    with pytest.raises(Conflict):
        create_access_token(user, name="script", scopes=["read"], days=30, client_id="request-1")
    assert len(list_access_tokens(user)) == 1


def test_there_is_a_limit_to_the_tokens_of_a_person(make: Factory) -> None:
    user = make.user()
    for number in range(MOST_TOKENS):
        create_access_token(user, name=f"script {number}", scopes=["read"], days=30)
    with pytest.raises(Conflict):
        create_access_token(user, name="one more", scopes=["read"], days=30)


def test_a_revoked_token_opens_nothing(make: Factory) -> None:
    user = make.user()
    token, secret = create_access_token(user, name="script", scopes=["read"], days=30)
    revoke_access_token(user, token.id)
    assert find_access_token(secret) is None
    assert list_access_tokens(user) == []
    with pytest.raises(NotFound):
        revoke_access_token(user, token.id)


def test_a_token_of_somebody_else_cannot_be_revoked(make: Factory) -> None:
    token, secret = create_access_token(make.user(), name="script", scopes=["read"], days=30)
    with pytest.raises(NotFound):
        revoke_access_token(make.user(), token.id)
    assert find_access_token(secret) is not None


def test_an_expired_token_opens_nothing(make: Factory) -> None:
    token, secret = create_access_token(make.user(), name="script", scopes=["read"], days=30)
    with transaction():
        token.expires_at = clock.now() - timedelta(seconds=1)
    assert find_access_token(secret) is None


def test_use_is_noted_at_most_every_five_minutes(make: Factory) -> None:
    token, _secret = create_access_token(make.user(), name="script", scopes=["read"], days=30)
    touch_access_token(token)
    first = token.last_used_at
    assert first is not None
    touch_access_token(token)
    assert token.last_used_at == first
    with transaction():
        token.last_used_at = earlier = first - timedelta(minutes=6)
    touch_access_token(token)
    assert token.last_used_at is not None
    assert token.last_used_at > earlier
