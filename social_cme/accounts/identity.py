"""Who is calling: the cookie's log-in, a personal access token, or the log-in behind a socket.

Rule: the cookie proves nothing by itself; each request and each socket event finds an open log-in row.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, Request, current_app, g, has_request_context, redirect, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug import Response

from social_cme.accounts.models import LoginSession, User
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
# What an open page sends by itself; it keeps no log-in alive.
QUIET_EVENTS = frozenset({"session.heartbeat", "subscribe", "unsubscribe"})
# What a page fetches by itself says so in this header. It can only shorten a log-in, so nobody gains by lying.
BACKGROUND = "X-Background"


def bind(app: Flask) -> None:
    """Tell Flask-Login how this product knows people."""

    @login_manager.user_loader
    def _from_cookie(user_id: str) -> User | None:
        found = find_login(str(session.get(KEY, "")))
        if found is None or str(found[1].id) != user_id:
            return None
        login, user = found
        if _is_idle(login):
            return None
        g.login_id = login.id
        quiet = BACKGROUND in request.headers
        g.login_used_at = login.last_seen_at if quiet else touch_login(login, after=min(TOUCH_AFTER, _idle() / 5))
        return user

    @app.context_processor
    def _end() -> dict[str, Any]:
        return {"login_ends_at": login_ends_at}

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

    gateway.identity = Identity(at_connect=_at_connect, by_login=_by_login, open_logins=_open_logins, cards=_cards)

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


def login_ends_at() -> datetime | None:
    """Return when the log-in behind this request ends unless somebody does something."""
    used_at: datetime | None = g.get("login_used_at")
    return used_at + _idle() if used_at is not None else None


def stay_logged_in() -> None:
    """Note that somebody is there, however short ago the last use is on record."""
    found = find_login_by_id(current_login_id() or 0)
    if found is not None:
        g.login_used_at = touch_login(found[0], after=timedelta(0))


def _at_connect() -> tuple[int, int] | None:
    found = find_login(str(session.get(KEY, "")))
    return (found[1].id, found[0].id) if found is not None and not _is_idle(found[0]) else None


def _by_login(login_id: int) -> User | None:
    found = find_login_by_id(login_id)
    if found is None or _is_idle(found[0]):
        return None
    login, user = found
    # Somebody who asks, votes or writes in a live session is there, although no page is loaded meanwhile.
    if _message() not in {None, *QUIET_EVENTS}:
        touch_login(login, after=min(TOUCH_AFTER, _idle() / 5))
    return user


def _message() -> str | None:
    """Return the name of the socket message that is being answered; nothing is, where rights are looked at again."""
    event: dict[str, Any] | None = getattr(request, "event", None) if has_request_context() else None
    return str(event["message"]) if event else None


def _open_logins(login_ids: Collection[int]) -> set[int]:
    return list_open_logins(login_ids, seen_since=clock.now() - _idle())


def _idle() -> timedelta:
    return timedelta(minutes=current_app.extensions["settings"].session_idle_minutes)


def _is_idle(login: LoginSession) -> bool:
    return clock.now() - login.last_seen_at > _idle()


def _cards(user_ids: Collection[int]) -> list[dict[str, Any]]:
    return [{"id": one.id, "display_name": one.display_name} for one in list_people(user_ids)]
