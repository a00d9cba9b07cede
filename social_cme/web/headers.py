"""Security headers, request ids and one log line per request.

Rule: the content security policy allows this host alone, and neither inline script nor inline style.
"""

from __future__ import annotations

import re
import time
import uuid

import structlog
from flask import Flask, Response, after_this_request, g, request

log = structlog.get_logger("social_cme.request")

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def allow_frame(origin: str) -> None:
    """Let the page that answers this request show a frame of one other host, which may ask for camera and microphone."""

    @after_this_request
    def _allow(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = f"{_POLICY}; frame-src {origin}"
        wanted = ("camera", "microphone", "display-capture", "fullscreen")
        rights = ", ".join(f'{one}=(self "{origin}")' for one in wanted)
        response.headers["Permissions-Policy"] = f"{rights}, geolocation=(), interest-cohort=()"
        return response


def register_headers(app: Flask, *, secure: bool) -> None:
    """Add ids, headers and logging to every request of *app*."""

    @app.before_request
    def _begin() -> None:
        offered = request.headers.get("X-Request-Id", "")
        g.request_id = offered if _REQUEST_ID.match(offered) else uuid.uuid4().hex
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def _finish(response: Response) -> Response:
        headers = response.headers
        headers["X-Request-Id"] = g.get("request_id", "")
        headers.setdefault("Content-Security-Policy", _POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint != "static" and "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        _log(response)
        return response


def _log(response: Response) -> None:
    if request.endpoint in {"static", "health.alive"}:
        return
    spent = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
    # The path alone: a query string may carry what somebody searched for, and a token never belongs in a log.
    rule = request.url_rule.rule if request.url_rule is not None else "unmatched"
    log.info("request", method=request.method, route=rule, status=response.status_code, ms=round(spent, 1))
