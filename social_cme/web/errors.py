"""One error tree, two forms here: an HTML page for people, problem+json for programs. Sockets do theirs in the gateway.

Rule: no trace, no library text and no secret ever reaches the reader.
"""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from social_cme.core.errors import AppError, BadRequest, RateLimited, Unavailable
from social_cme.extensions import db

log = structlog.get_logger(__name__)

_SENTENCES = {
    400: "This request could not be read.",
    401: "Please log in to continue.",
    403: "You may not do this.",
    404: "There is nothing here, or you may not see it.",
    405: "This address does not take that kind of request.",
    413: "That is more than can be accepted at once.",
    415: "This address does not take that kind of content.",
    429: "Too many requests. Please wait a moment and try again.",
    503: "The server is busy. Nothing was saved; please try again in a moment.",
}


def wants_json() -> bool:
    """Tell whether the reader is a program: an API address, or a script that asked for JSON."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best in {"application/json", "application/problem+json"}


def problem(
    status: int,
    *,
    code: str,
    title: str,
    fields: dict[str, list[str]] | None = None,
    details: dict[str, Any] | None = None,
    retry_after: int | None = None,
) -> Response:
    """Build an ``application/problem+json`` answer (RFC 9457)."""
    body: dict[str, object] = {"type": f"about:blank#{code}", "title": title, "status": status, "code": code}
    if fields:
        body["fields"] = fields
    if details:
        body["details"] = details
    body["request_id"] = g.get("request_id", "")
    response = jsonify(body)
    response.status_code = status
    response.headers["Content-Type"] = "application/problem+json"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _route() -> str:
    """Return the rule of the address: a path may carry the token of a mailed link, and that never belongs in a log."""
    return request.url_rule.rule if request.url_rule is not None else "unmatched"


def _answer(
    status: int,
    code: str,
    message: str,
    fields: dict[str, list[str]] | None = None,
    details: dict[str, Any] | None = None,
) -> Response:
    if wants_json():
        return problem(status, code=code, title=message, fields=fields, details=details)
    page = "errors/form_kept.html" if _typed_text() else "errors/error.html"
    html = render_template(page, status=status, code=code, message=message, kept=_typed_text())
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _typed_text() -> list[tuple[str, str]]:
    """Return what the person had typed into a form that was refused, so that the error page can give it back."""
    if request.method != "POST" or request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return []
    secret = ("csrf", "password", "token")
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True)]
    except HTTPException:
        return []
    return [(n, v) for n, v in fields if len(v.strip()) > 20 and not any(word in n for word in secret)]


def register_error_handlers(app: Flask) -> None:
    """Map every error that can leave a view."""
    _register_expected(app)
    _register_foreign(app)


def _register_expected(app: Flask) -> None:

    @app.errorhandler(AppError)
    def _expected(error: AppError) -> Response:
        db.session.rollback()
        if error.status in {401, 403}:
            log.info("refused", code=error.code, reason=error.message, route=_route())
        if error.status == 401 and not wants_json():
            return app.login_manager.unauthorized()  # type: ignore[attr-defined]
        response = _answer(error.status, error.code, error.message, error.fields, error.details)
        if isinstance(error, RateLimited):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> Response:
        log.info("refused", code="csrf", route=_route())
        return _answer(
            400, "csrf", "This form was open for too long or came from another site. Send it once more from its page."
        )

    @app.errorhandler(RateLimitExceeded)
    def _limited(_error: RateLimitExceeded) -> Response:
        log.info("refused", code="rate_limited", route=_route())
        response = _answer(429, "rate_limited", _SENTENCES[429])
        response.headers.setdefault("Retry-After", "60")
        return response


def _register_foreign(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        status = error.code or 500
        response = _answer(status, error.name.lower().replace(" ", "_"), _SENTENCES.get(status, error.name))
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After", "Location"}:
                response.headers[name] = value
        return response

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def _database(error: Exception) -> Response:
        db.session.rollback()
        log.error("database_unavailable", error=type(error).__name__, route=_route())
        # The page that says so must not ask the database who reads it.
        g._login_user = AnonymousUserMixin()
        g.unread_count = 0
        return _answer(Unavailable.status, Unavailable.code, Unavailable.title)

    @app.errorhandler(DataError)
    def _unstorable(_error: Exception) -> Response:
        # PostgreSQL cannot even compare what holds a NUL character; no form or schema lets one through, an address may.
        db.session.rollback()
        return _answer(BadRequest.status, BadRequest.code, BadRequest.title)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        db.session.rollback()
        log.error("unexpected_error", route=_route(), method=request.method, exc_info=error)
        return _answer(
            500, "error", "Something went wrong on our side. It has been noted; please try again in a moment."
        )
