"""The API of people and tokens: scopes, oneself alone, nothing set that may not be set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.accounts.queries import list_access_tokens
from social_cme.accounts.services.access_tokens import create_access_token, revoke_access_token
from social_cme.accounts.services.administration import ban_user
from tests.accounts.browsing import Browser
from tests.factories import PASSWORD, Factory

Member = Callable[..., User]


def key_of(user: User, *scopes: str) -> dict[str, str]:
    _token, secret = create_access_token(user, name="test", scopes=scopes or ["read"], days=30)
    return {"Authorization": f"Bearer {secret}"}


def test_one_reads_oneself_and_others(client: FlaskClient, make: Factory) -> None:
    user, other = make.user(bio="About me"), make.user(email="secret@example.org")
    me = client.get("/api/v1/me", headers=key_of(user)).json
    assert me is not None
    assert (me["id"], me["email"], me["bio"], me["is_confirmed"]) == (user.id, user.email, "About me", True)
    answer = client.get(f"/api/v1/people/{other.id}")
    assert answer.status_code == 200
    assert "secret@example.org" not in answer.text
    assert set(answer.json or {}) == {
        "id", "display_name", "profession", "specialty", "career_stage", "training_year", "is_verified", "bio", "interests", "joined_at",
    }  # fmt: skip


def test_strangers_have_no_self(client: FlaskClient) -> None:
    for method, path in (
        ("get", "/me"),
        ("patch", "/me"),
        ("get", "/tokens"),
        ("post", "/tokens"),
        ("delete", "/tokens/1"),
    ):
        answer = getattr(client, method)(f"/api/v1{path}", **({"json": {}} if method in {"patch", "post"} else {}))
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"


def test_a_read_token_cannot_write(client: FlaskClient, make: Factory) -> None:
    user = make.user(bio="before")
    assert client.patch("/api/v1/me", json={"bio": "after"}, headers=key_of(user)).status_code == 403
    assert user.bio == "before"
    assert client.patch("/api/v1/me", json={"bio": "after"}, headers=key_of(user, "write")).status_code == 200
    assert user.bio == "after"


def test_fields_that_are_not_sent_stay(client: FlaskClient, make: Factory) -> None:
    user = make.user(bio="kept", interests=["Falls"])
    answer = client.patch("/api/v1/me", json={"profession": None}, headers=key_of(user, "write"))
    assert answer.json is not None
    assert (answer.json["profession"], answer.json["bio"], answer.json["interests"]) == (None, "kept", ["Falls"])


def test_nobody_gives_themselves_a_role(client: FlaskClient, make: Factory) -> None:
    user = make.user()
    body = {
        "site_role": "administrator",
        "email": "x@y.org",
        "id": 1,
        "is_confirmed": False,
        "state": "active",
        "bio": "b",
    }
    answer = client.patch("/api/v1/me", json=body, headers=key_of(user, "write"))
    assert answer.status_code == 200
    assert (user.site_role, user.email, user.bio) == ("member", "person1@example.org", "b")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"display_name": "<b>"}, "display_name"), ({"display_name": None}, "display_name"), ({"profession": "wizard"}, "profession"),
        ({"time_zone": "Mars/Base"}, "time_zone"), ({"bio": "x" * 2001}, "bio"), ({"bio": {"a": 1}}, "bio"), ({"interests": "x"}, "interests"),
        ({"interests": ["x"] * 13}, "interests"),
    ],
)  # fmt: skip
def test_wrong_values_are_named(client: FlaskClient, make: Factory, body: dict[str, Any], field: str) -> None:
    answer = client.patch("/api/v1/me", json=body, headers=key_of(make.user(), "write"))
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == [field]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"bio": 1e999}', '{"bio": "\\ud800"}', '"x"', "[" * 5000])
def test_broken_bodies_are_refused(client: FlaskClient, make: Factory, body: str) -> None:
    headers = key_of(make.user(), "write") | {"Content-Type": "application/json"}
    assert 400 <= client.patch("/api/v1/me", data=body, headers=headers).status_code < 500


def test_revoked_tokens_and_those_of_banned_people_open_nothing(client: FlaskClient, make: Factory) -> None:
    user, banned = make.user(), make.user()
    headers, theirs = key_of(user), key_of(banned)
    revoke_access_token(user, list_access_tokens(user)[0].id)
    ban_user(actor=None, user_id=banned.id, reason="x")
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    assert client.get("/api/v1/me", headers=theirs).status_code == 401


@pytest.mark.parametrize(
    "value", ["Bearer ", "Bearer x", "Basic eDp5", "Bearer " + "x" * 5000, "bearer\tx", "Bearer \x7f"]
)
def test_made_up_tokens_are_refused(client: FlaskClient, value: str) -> None:
    assert client.get("/api/v1/me", headers={"Authorization": value}).status_code == 401


def test_tokens_open_the_api_and_no_page(client: FlaskClient, make: Factory) -> None:
    assert client.get("/account/profile", headers=key_of(make.user(), "write")).status_code == 302


def test_tokens_are_managed_by_log_in_never_by_token(browser: Browser, member: Member) -> None:
    user = member(email="eve@example.org")
    headers = key_of(user, "write")
    body = {"name": "script", "scopes": ["read"], "days": 30}
    for answer in (
        browser.client.get("/api/v1/tokens", headers=headers),
        browser.client.post("/api/v1/tokens", json=body, headers=headers),
        browser.client.delete(f"/api/v1/tokens/{list_access_tokens(user)[0].id}", headers=headers),
    ):
        assert answer.status_code == 403
    assert len(list_access_tokens(user)) == 1
    browser.log_in("eve@example.org", PASSWORD)
    assert browser.client.post("/api/v1/tokens", json=body).status_code == 400
    csrf = {"X-CSRFToken": browser.token("/account/profile")}
    made = browser.client.post("/api/v1/tokens", json=body, headers=csrf)
    assert made.status_code == 201
    assert made.json is not None
    assert made.json["secret"].startswith("scme_")
    listed = browser.client.get("/api/v1/tokens").json
    assert listed is not None
    assert [one["name"] for one in listed["items"]] == ["script", "test"]
    assert made.json["secret"] not in str(listed)
    assert browser.client.delete(f"/api/v1/tokens/{made.json['id']}", headers=csrf).status_code == 204
    assert browser.client.delete(f"/api/v1/tokens/{made.json['id']}", headers=csrf).status_code == 404


@pytest.mark.parametrize("state", [AccountState.UNCONFIRMED, AccountState.BANNED])
def test_people_who_are_not_to_be_seen_are_not_found(client: FlaskClient, make: Factory, state: str) -> None:
    hidden, absent = client.get(f"/api/v1/people/{make.user(state=state).id}"), client.get("/api/v1/people/999999")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json is not None
    assert absent.json is not None
    assert hidden.json["title"] == absent.json["title"]


def test_reading_oneself_costs_few_queries(
    client: FlaskClient, make: Factory, count_queries: Callable[[], Any]
) -> None:
    headers = key_of(make.user())
    client.get("/api/v1/me", headers=headers)
    with count_queries() as seen:
        client.get("/api/v1/me", headers=headers)
    assert len(seen) == 1
