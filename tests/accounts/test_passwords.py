"""Hashing: the same work for everybody, no truncation, never endless."""

from __future__ import annotations

import threading
import time

import pytest

from social_cme.accounts import passwords
from social_cme.accounts.passwords import hash_password, needs_rehash, verify_password
from social_cme.core.errors import Unavailable
from tests.conftest import REAL_HASHING


@pytest.fixture(autouse=True)
def real_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as the server does, with all the work that takes."""
    for name, value in zip(("_hasher", "NOBODY"), REAL_HASHING, strict=True):
        monkeypatch.setattr(passwords, name, value)


def test_a_password_opens_its_own_hash_and_no_other() -> None:
    stored = hash_password("correct horse battery staple")
    assert verify_password(stored, "correct horse battery staple")
    assert not verify_password(stored, "correct horse battery stapl")
    assert not verify_password(stored, "correct horse battery staple ")
    assert hash_password("correct horse battery staple") != stored


def test_the_same_signs_from_another_keyboard_are_the_same_password() -> None:
    assert verify_password(hash_password("cafe\u0301 am morgen"), "caf\u00e9 am morgen")


def test_long_nul_and_broken_texts_are_compared_whole() -> None:
    stored = hash_password("a" * 127 + "b")
    assert not verify_password(stored, "a" * 127 + "c")
    stored = hash_password("before\x00after the nul")
    assert not verify_password(stored, "before\x00other things")
    assert not verify_password(stored, "\ud800 lone surrogate")


def test_a_hash_of_nobody_never_opens() -> None:
    assert not verify_password(None, "")
    assert not verify_password(None, "social-cme-nobody")
    assert not verify_password("!", "anything at all")


def test_the_hash_of_nobody_costs_what_real_ones_cost() -> None:
    assert not needs_rehash(passwords.NOBODY)
    real = hash_password("correct horse battery staple")
    assert passwords.NOBODY.rsplit("$", 2)[0] == real.rsplit("$", 2)[0]
    assert len(passwords.NOBODY) == len(real)


def test_a_huge_password_is_refused_before_any_hashing() -> None:
    started = time.process_time()
    assert not verify_password(None, "x" * 1_000_000)
    assert time.process_time() - started < 0.02


def test_only_a_few_hashes_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, guard = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with guard:
            running -= 1

    threads = [threading.Thread(target=passwords._off_the_loop, args=(work,)) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == passwords.AT_ONCE


def test_waiting_for_a_free_place_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    taken = [passwords._slots.acquire() for _ in range(passwords.AT_ONCE)]
    try:
        with pytest.raises(Unavailable):
            hash_password("correct horse battery staple")
    finally:
        for _ in taken:
            passwords._slots.release()
