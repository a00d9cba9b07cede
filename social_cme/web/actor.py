"""Who is acting in this request, as the plain account row that services take.

Rule: this layer lies below accounts, so it hands the row on without knowing its class.
"""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from social_cme.core.errors import Unauthenticated


def current_actor() -> Any:
    """Return the account behind this request, ``None`` for a stranger."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def require_actor() -> Any:
    """Return the account behind this request; raise ``Unauthenticated`` for a stranger."""
    actor = current_actor()
    if actor is None:
        raise Unauthenticated
    return actor
