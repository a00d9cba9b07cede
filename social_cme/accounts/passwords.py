"""Password hashing with argon2id, off the event loop.

Rule: hashing is slow on purpose, so it runs in an operating-system thread where green threads are in use, a few at a time, and
never inside a transaction. A check costs the same whether there is anything to compare with or not.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from social_cme.accounts.rules.passwords import is_too_long, prepare_password
from social_cme.core.errors import Unavailable

Result = TypeVar("Result")

# 32 MiB and two passes are above the minimum that OWASP names for argon2id (19 MiB, 2); one lane keeps it to one core.
_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
AT_ONCE = 4
WAIT_SECONDS = 15.0
# A hash of nothing with the parameters above: checking against it does all the work and never succeeds.
NOBODY = "$argon2id$v=19$m=32768,t=2,p=1$c29jaWFsLWNtZTpub2JkeQ$bm9ib2R5IG1hdGNoZXMgdGhpczogc29jaWFsIGNtZS4"
_slots = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Return the hash under which a password is stored; call it before opening the transaction."""
    return _off_the_loop(lambda: _hasher.hash(_as_bytes(password)))


def verify_password(stored: str | None, password: str) -> bool:
    """Tell whether *password* belongs to the stored hash; with ``None`` it does the same work and says no."""
    if is_too_long(password):
        return False
    return _off_the_loop(lambda: _matches(stored or NOBODY, password))


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than those in use now."""
    return _hasher.check_needs_rehash(stored)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, _as_bytes(password))
    except InvalidHashError:
        # An account without a usable password must not answer faster than others.
        return stored != NOBODY and _matches(NOBODY, password)
    except VerificationError:
        return False


def _as_bytes(password: str) -> bytes:
    return prepare_password(password).encode("utf-8", "surrogatepass")


def _off_the_loop(work: Callable[[], Result]) -> Result:
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Many people are logging in at this moment. Please try again in a few seconds.")
    try:
        if not _threads_are_green():
            return work()
        tpool = importlib.import_module("eventlet.tpool")
        result: Result = tpool.execute(work)
        return result
    finally:
        _slots.release()


def _threads_are_green() -> bool:
    # Looked up, not imported: without the event loop its library is not loaded at all.
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))
