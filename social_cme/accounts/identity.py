"""Who is calling: the cookie's log-in, a personal access token, or the log-in behind a socket.

Rule: the cookie proves nothing by itself; each request and each socket event finds an open log-in row.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, Request, g, redirect, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug import Response

from social_cme.accounts.models import User
from social_cme.accounts.queries import (
    find_access_token,
    find_login,
    find_login_by_id,
    list_open_logins,
    list_people,
)
from social_cme.accounts.services.access_tokens import touch_access_token
from social_cme.accounts.services.logins import TOUCH_AFTER, end_login, open_login, touch_login
from social_cme.core import clock
from social_cme.core.errors import NotFound, Unauthenticated
from social_cme.extensions import login_manager
from social_cme.realtime.gateway import Identity, gateway
from social_cme.web.errors import problem, wants_json

log = structlog.get_logger(__name__)
KEY = "login_key"


def bind(app: Flask) -> None:
    """Tell Flask-Login how this product knows people."""
    settings = app.extensions["settings"]
    idle = timedelta(minutes=settings.session_idle_minutes)
    touch_after = min(TOUCH_AFTER, idle / 5)

    @login_manager.user_loader
    def _from_cookie(user_id: str) -> User | None:
        found = find_login(str(session.get(KEY, "")))
        if found is None or str(found[1].id) != user_id:
            return None
        login, user = found
        if clock.now() - login.last_seen_at > idle:
            return None
        g.login_id = login.id
        touch_login(login, after=touch_after)
        return user

    @login_manager.request_loader
    def _from_token(incoming: Request) -> User | None:
        scheme, _, token = incoming.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > 200 or not incoming.path.startswith("/api/"):
            return None
        found = find_access_token(token.strip())
        if found is None:
            return None
        access_token, user = found
        g.token_scopes = frozenset(access_token.scopes)
        touch_access_token(access_token)
        return user

    gateway.identity = Identity(at_connect=_at_connect, by_login=_by_login, open_logins=list_open_logins, cards=_cards)

    @login_manager.unauthorized_handler
    def _log_in_first() -> Response:
        if wants_json():
            return problem(401, code=Unauthenticated.code, title=Unauthenticated.title)
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.login", next=target))


def log_in(user: User, *, lifetime: timedelta) -> None:
    """Open a log-in and put it into a fresh cookie; whatever the cookie held before is gone, and a log-in in it has ended."""
    _end_former()
    session.clear()
    address = request.remote_addr or ""
    session[KEY] = open_login(user, lifetime=lifetime, user_agent=request.user_agent.string, address=address)
    session.permanent = True
    login_user(user)


def log_out() -> None:
    """End the log-in behind the cookie, its sockets included, and empty the cookie; a copy of it opens nothing any more."""
    _end_former()
    logout_user()
    session.clear()


def _end_former() -> None:
    former = find_login(str(session[KEY])) if KEY in session else None
    if former is None:
        return
    login, user = former
    try:
        end_login(user, login.id)
    except NotFound:
        log.debug("login_had_ended", login_id=login.id)


def current_login_id() -> int | None:
    """Return the id of the log-in behind this request, if it came with a cookie."""
    found: int | None = g.get("login_id")
    return found


def _at_connect() -> tuple[int, int] | None:
    found = find_login(str(session.get(KEY, "")))
    return (found[1].id, found[0].id) if found is not None else None


def _by_login(login_id: int) -> User | None:
    found = find_login_by_id(login_id)
    return found[1] if found is not None else None


def _cards(user_ids: Collection[int]) -> list[dict[str, Any]]:
    return [{"id": one.id, "display_name": one.display_name} for one in list_people(user_ids)]
