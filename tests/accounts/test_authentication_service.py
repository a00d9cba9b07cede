"""Logging in: five wrong tries lock out the guesser, never the owner; unknown addresses cost the same work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from social_cme.accounts import passwords
from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import TryCounter, User
from social_cme.accounts.services import tries
from social_cme.accounts.services.authentication import WRONG, check_credentials
from social_cme.accounts.services.logins import open_login
from social_cme.core.errors import AppError, Forbidden, Invalid, RateLimited
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from tests.factories import PASSWORD

Member = Callable[..., User]
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def attempt(email: str, password: str = "wrong wrong wrong", address: str = HERE) -> type[AppError] | None:
    try:
        check_credentials(email=email, password=password, address=address)
    except AppError as error:
        return type(error)
    return None


def pass_time(by: timedelta) -> None:
    with transaction() as tx:
        for row in tx.session.scalars(select(TryCounter)):
            row.started_at -= by


def test_the_right_password_opens_the_account(member: Member) -> None:
    user = member(email="eve@example.org")
    assert check_credentials(email=" EVE@example.org", password=PASSWORD, address=HERE) == user


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("eve@example.org", "wrong wrong wrong"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("\x00", "\x00"),
        ("x" * 9999, "y" * 9999),
    ],
)
def test_every_wrong_pair_gets_the_same_words(member: Member, email: str, password: str) -> None:
    member(email="eve@example.org")
    with pytest.raises(Invalid) as refusal:
        check_credentials(email=email, password=password, address=HERE)
    assert refusal.value.message == WRONG
    assert refusal.value.fields == {}


def test_an_unknown_address_costs_one_hash_like_a_known_one(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    member(email="eve@example.org")
    member(email="closed@example.org", state=AccountState.CLOSED)
    member(email="broken@example.org", password_hash="!")
    done: list[str] = []
    real = passwords._matches

    def noting(stored: str, password: str) -> bool:
        if stored.startswith("$argon2id$"):
            done.append(stored)
        return real(stored, password)

    monkeypatch.setattr(passwords, "_matches", noting)
    costs = []
    for email in ("eve@example.org", "nobody@example.org", "closed@example.org", "broken@example.org"):
        before = len(done)
        assert attempt(email) is Invalid
        costs.append(len(done) - before)
    assert costs == [1, 1, 1, 1]


def test_known_and_unknown_addresses_cost_the_same_statements(
    member: Member, count_queries: Callable[[], object]
) -> None:
    member(email="eve@example.org")
    counts = []
    for email in ("eve@example.org", "nobody@example.org"):
        with count_queries() as seen:  # type: ignore[attr-defined]
            attempt(email)
        counts.append([statement.split()[0] for statement in seen])
    assert counts[0] == counts[1]


def test_the_sixth_try_is_refused_even_with_the_right_password(member: Member) -> None:
    member(email="eve@example.org")
    assert [attempt("eve@example.org") for _ in range(5)] == [Invalid] * 5
    with pytest.raises(RateLimited) as refusal:
        check_credentials(email="eve@example.org", password=PASSWORD, address=HERE)
    assert 0 < refusal.value.retry_after <= 15 * 60 + 1


def test_unknown_addresses_are_limited_alike(app: Flask) -> None:
    assert [attempt("nobody@example.org") for _ in range(6)] == [Invalid] * 5 + [RateLimited]


def test_a_guesser_does_not_lock_the_owner_out(member: Member) -> None:
    member(email="eve@example.org")
    for _ in range(6):
        attempt("eve@example.org", address=ELSEWHERE)
    assert attempt("eve@example.org", PASSWORD, ELSEWHERE) is RateLimited
    assert attempt("eve@example.org", PASSWORD, HERE) is None


def test_the_limit_ends_after_a_quarter_of_an_hour(member: Member) -> None:
    member(email="eve@example.org")
    for _ in range(6):
        attempt("eve@example.org")
    pass_time(timedelta(minutes=15, seconds=1))
    assert attempt("eve@example.org", PASSWORD) is None


def test_success_starts_the_count_anew(member: Member) -> None:
    member(email="eve@example.org")
    for _ in range(3):
        assert [attempt("eve@example.org") for _ in range(4)] == [Invalid] * 4
        assert attempt("eve@example.org", PASSWORD) is None


def test_guessing_from_everywhere_leaves_only_known_places_open(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "LOGINS_ANYWHERE", 7)
    user = member(email="eve@example.org")
    open_login(user, lifetime=timedelta(days=1), address=HERE)
    for number in range(7):
        assert attempt("eve@example.org", address=f"203.0.113.{number}") is Invalid
    assert attempt("eve@example.org", PASSWORD, "203.0.113.99") is RateLimited
    assert attempt("eve@example.org", PASSWORD, HERE) is None


def test_one_ipv6_customer_has_five_tries_not_five_an_address(member: Member) -> None:
    member(email="eve@example.org")
    results = [attempt("eve@example.org", address=f"2001:db8::{number}") for number in range(6)]
    assert results == [Invalid] * 5 + [RateLimited]


def test_twenty_guesses_at_the_same_moment_are_five(app: Flask, member: Member) -> None:
    member(email="eve@example.org")
    results: list[type[AppError] | None] = []

    def run() -> None:
        with app.app_context():
            results.append(attempt("eve@example.org"))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert results.count(Invalid) == 5
    assert results.count(RateLimited) == 15


def test_a_banned_person_reads_why_but_only_with_the_right_password(member: Member) -> None:
    member(email="eve@example.org", state=AccountState.BANNED, ban_reason="Advertising.")
    assert attempt("eve@example.org") is Invalid
    with pytest.raises(Forbidden, match="Advertising"):
        check_credentials(email="eve@example.org", password=PASSWORD, address=HERE)


def test_a_closed_account_stays_closed(member: Member) -> None:
    member(email="eve@example.org", state=AccountState.CLOSED)
    assert attempt("eve@example.org", PASSWORD) is Forbidden


def test_an_old_hash_is_renewed_at_log_in(member: Member) -> None:
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    user = member(email="eve@example.org", password_hash=weak)
    assert attempt("eve@example.org", PASSWORD) is None
    assert user.password_hash != weak
    assert attempt("eve@example.org", PASSWORD) is None


def test_counters_keep_no_address(member: Member) -> None:
    attempt("eve@example.org")
    rows = db.session.scalars(select(TryCounter)).all()
    assert len(rows) == 2
    assert not any("eve" in row.subject_hash or HERE in row.subject_hash for row in rows)
    pass_time(timedelta(days=3))
    assert tries.forget_old_tries() == 2
