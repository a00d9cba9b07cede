"""Identifiers that nobody can guess, and hashes under which tokens are stored."""

from __future__ import annotations

import hashlib
import re
import secrets

MAX_ID = 2**63 - 1
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


def new_token() -> str:
    """Return a fresh URL-safe secret of 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the SHA-256 hex digest under which a secret token is stored.

    Tokens have 256 random bits, so a fast hash is enough; passwords never come here.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def is_client_id(value: str) -> bool:
    """Tell whether *value* is a well-formed client id: 8 to 64 of ``A-Z a-z 0-9 _ -``."""
    return bool(_CLIENT_ID.match(value))
