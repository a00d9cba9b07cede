"""Puts the parts of the gateway together for one application, and watches over its sockets while it serves."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from redis import Redis

from config import Settings
from social_cme.extensions import socketio
from social_cme.jobs.queue import JobQueue
from social_cme.realtime.endings import end_closed_logins, listen
from social_cme.realtime.fanout import is_direct
from social_cme.realtime.gateway import CONNECTED, bind_gateway, gateway
from social_cme.realtime.pace import Later
from social_cme.realtime.presence import bind_presence, presence
from social_cme.realtime.publishing import bind_pacer, pacer
from social_cme.realtime.roster import RENEW_EVERY, Roster, SharedRoster
from social_cme.realtime.transport import harden

log = structlog.get_logger(__name__)

CHECK_LOGINS_EVERY = 3


class CookieReadOnce(SecureCookieSessionInterface):
    """Reads the cookie of a socket when it connects, and not again with each message: nothing is decided on it then."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie holds, nothing for a socket that is connected."""
        return self.session_class() if CONNECTED in request.environ else super().open_session(app, request)


def bind_realtime(app: Flask) -> None:
    """Attach the gateway, its limits and presence to *app*; features add their messages and channels afterwards."""
    settings: Settings = app.extensions["settings"]
    app.session_interface = CookieReadOnce()
    queue: JobQueue = app.extensions["jobs"]
    bind_gateway()
    gateway.per_user = settings.sockets_per_user
    gateway.is_shared = bool(settings.redis_url)
    shared = SharedRoster(lambda: Redis(connection_pool=queue.redis_pool)) if settings.redis_url else None
    bind_presence(shared or Roster())
    bind_pacer(_later(app) if is_direct(settings) else None)
    harden(
        socketio.server.eio,
        per_address=settings.sockets_per_address,
        login_seconds=settings.socket_login_seconds,
        is_green=settings.async_mode == "eventlet",
        is_direct=is_direct(settings),
    )


def _later(app: Flask) -> Later:
    def flush(seconds: float, channel: str) -> None:
        socketio.sleep(seconds)
        with app.app_context():
            try:
                pacer.flush(channel)
            except Exception:
                # The numbers that are missing now make every client ask for them.
                log.exception("flush_failed")

    return lambda seconds, channel: socketio.start_background_task(flush, seconds, channel)


def watch_sockets(app: Flask) -> None:
    """Announce presence, end what has expired and renew the roster, for as long as the process serves."""
    settings: Settings = app.extensions["settings"]
    if settings.redis_url:
        socketio.start_background_task(listen, app)
    logins_at = roster_at = time.monotonic()
    while True:
        socketio.sleep(1)
        moment = time.monotonic()
        with app.app_context():
            try:
                presence.announce_changes()
                if moment - logins_at >= CHECK_LOGINS_EVERY:
                    logins_at = moment
                    end_closed_logins()
                    gateway.forget_allowances()
                    pacer.forget_quiet()
                if moment - roster_at >= RENEW_EVERY:
                    roster_at = moment
                    presence.roster.renew()
            except Exception:
                # The next second is the retry.
                log.exception("watch_failed")
