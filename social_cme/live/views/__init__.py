"""Pages of live sessions: lists, planning, lobby, room, archive, and what people press on them."""

from __future__ import annotations

from flask import Blueprint
from flask_limiter.util import get_remote_address
from flask_login import current_user

bp = Blueprint("live", __name__)


def person() -> str:
    """Name whose requests are counted: a person, not the one address of a whole hospital."""
    return f"user:{current_user.id}" if current_user.is_authenticated else get_remote_address()


from social_cme.live.views import (  # noqa: E402, F401
    acting,
    calendar,
    chatting,
    clarifying,
    keeping,
    options,
    pages,
    planning,
    polls,
    prep,
    records,
    steering,
)

from social_cme.live.views import hall, joining_in, observing, presenting  # noqa: E402, F401 # isort: skip
from social_cme.live.views import breakouts  # noqa: E402, F401
