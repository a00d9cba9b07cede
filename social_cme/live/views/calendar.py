"""Calendars: one session as a file, and the secret address under which a calendar program reads a person's sessions."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from flask_login import login_required
from werkzeug import Response as AnyResponse

from social_cme.core.ids import token_hash
from social_cme.extensions import limiter
from social_cme.live.models import CalendarFeed, LiveSession
from social_cme.live.queries.calendar import access_feed, entries_of, find_feed, list_feed
from social_cme.live.queries.sessions import access_session, with_room
from social_cme.live.rules import Entry, calendar_file
from social_cme.live.services import calendar
from social_cme.live.views import bp, person
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor


@bp.get("/rooms/<slug:slug>/live/<id:session_id>/calendar.ics")
@limiter.limit("120 per hour", key_func=person)
def session_calendar(slug: str, session_id: int) -> Response:
    """Download one session for a calendar; taken again after a change, it replaces what was there."""
    ctx = read_room(current_actor(), slug)
    session = access_session(ctx, session_id)
    entries = entries_of(with_room([session]), ctx.actor, address_of=_address)
    response = _calendar(_file(entries))
    response.headers["Content-Disposition"] = f'attachment; filename="live-session-{session.id}.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _is_miss(response: AnyResponse) -> bool:
    return response.status_code == 404


def _feed_key() -> str:
    return f"feed:{token_hash(str((request.view_args or {}).get('token', '')))}"


@bp.get("/calendar/<token>.ics")
@limiter.limit("60 per hour", key_func=_feed_key)
@limiter.limit("20 per hour", key_func=get_remote_address, deduct_when=_is_miss)
def calendar_feed(token: str) -> Response:
    """Hand out a person's sessions to whoever knows the secret address; no log-in, and nothing is remembered in the browser."""
    feed, owner = access_feed(token)
    sessions = list_feed(owner, all_sessions=feed.all_sessions)
    entries = entries_of(sessions, owner, address_of=_address)
    response = _calendar(_file(entries, name="Social CME", method="PUBLISH"))
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["X-Robots-Tag"] = "noindex"
    calendar.touch_feed(feed)
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.get("/account/calendar")
@login_required
def calendar_settings() -> str:
    """Show whether there is a calendar address, and offer to make, renew or end one."""
    return _settings_page(find_feed(require_actor().id))


@bp.post("/account/calendar")
@login_required
@limiter.limit("20 per hour", key_func=person)
def renew_calendar() -> tuple[str, int]:
    """Make a calendar address and show it, this once; the one before ends."""
    feed, secret = calendar.renew_feed(require_actor(), all_sessions=_wants_all())
    address = _site() + url_for("live.calendar_feed", token=secret)
    return _settings_page(feed, address=address), 201


@bp.post("/account/calendar/sessions")
@login_required
@limiter.limit("60 per hour", key_func=person)
def choose_calendar() -> AnyResponse:
    """Say which sessions the feed holds."""
    calendar.choose_sessions(require_actor(), all_sessions=_wants_all())
    flash("Saved. Calendar programs take it over when they read the address next.", "success")
    return redirect(url_for("live.calendar_settings"), code=303)


@bp.post("/account/calendar/end")
@login_required
def end_calendar() -> AnyResponse:
    """End the calendar address."""
    calendar.end_feed(require_actor())
    flash("The address has ended. Calendar programs that read it find nothing from now on.", "success")
    return redirect(url_for("live.calendar_settings"), code=303)


def _wants_all() -> bool:
    return request.form.get("all_sessions") == "1"


def _settings_page(feed: CalendarFeed | None, *, address: str | None = None) -> str:
    return render_template("live/calendar.html", feed=feed, address=address)


def _file(entries: list[Entry], *, name: str = "", method: str = "") -> bytes:
    host = urlsplit(_site()).hostname or "localhost"
    organizer = parseaddr(current_app.extensions["settings"].mail_from)[1] or f"noreply@{host}"
    return calendar_file(entries, host=host, organizer=organizer, name=name, method=method)


def _calendar(body: bytes) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return response


def _address(session: LiveSession) -> str:
    return _site() + url_for("live.show", slug=session.room.slug, session_id=session.id)


def _site() -> str:
    # Never from the Host header, which whoever asks can choose.
    address: str = current_app.extensions["settings"].site_url
    return address
