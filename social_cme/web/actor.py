"""Who is acting in this request, as the plain account row that services take."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask_login import current_user

from social_cme.core.errors import Unauthenticated

if TYPE_CHECKING:
    from social_cme.accounts.models import User


def current_actor() -> User | None:
    """Return the person behind this request, ``None`` for a stranger."""
    if not current_user.is_authenticated:
        return None
    return cast("User", current_user._get_current_object())


def require_actor() -> User:
    """Return the person behind this request; raise ``Unauthenticated`` for a stranger."""
    actor = current_actor()
    if actor is None:
        raise Unauthenticated
    return actor
