"""Live sessions over the REST API, one module per noun."""

from __future__ import annotations

from social_cme.web import api
from social_cme.web.api import ApiScope

bp = api.blueprint("live")

SESSIONS = "/rooms/<slug:slug>/sessions"
SESSION = f"{SESSIONS}/<id:session_id>"
WRITE = ApiScope.WRITE

from social_cme.live.api import (  # noqa: E402, F401
    agenda,
    archive,
    attendance,
    breakouts,
    calendar,
    chat,
    console,
    groups,
    observers,
    planning,
    polls,
    questions,
    sessions,
    slides,
    stage,
)
