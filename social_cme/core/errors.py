"""One tree of errors; each face (page, API, socket) turns it into its own form exactly once.

Rule: ``message`` is shown to people. It says what happened, what was kept, and what to do now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class AppError(Exception):
    """An expected refusal with a stable machine code and an HTTP status."""

    code = "error"
    status = 500
    title = "Something went wrong"

    def __init__(self, message: str | None = None, *, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        self.message = message or self.title
        # What a program can act on beyond the message; answers of the API and of sockets carry it under this name.
        self.details: dict[str, Any] = {}
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}
        super().__init__(self.message)


class Invalid(AppError):
    """The input has the wrong shape or values; ``fields`` names them."""

    code = "invalid"
    status = 422
    title = "Some of what you entered needs another look."


class BadRequest(AppError):
    """The request cannot be understood at all (broken JSON, bad cursor)."""

    code = "bad_request"
    status = 400
    title = "This request could not be read."


class Unauthenticated(AppError):
    """Nobody is logged in, or the log-in has ended."""

    code = "unauthenticated"
    status = 401
    title = "Please log in to continue."


class Forbidden(AppError):
    """The person may not do this; the message gives the reason."""

    code = "forbidden"
    status = 403
    title = "You may not do this."


class NotFound(AppError):
    """The object is absent or hidden: both look the same from outside."""

    code = "not_found"
    status = 404
    title = "There is nothing here, or you may not see it."


class Conflict(AppError):
    """Somebody else was faster, or the state no longer allows this."""

    code = "conflict"
    status = 409
    title = "This changed while you were working on it."


class TooLarge(AppError):
    """More was sent than is accepted."""

    code = "too_large"
    status = 413
    title = "That is more than can be accepted at once."


class RateLimited(AppError):
    """Too many tries in a short time."""

    code = "rate_limited"
    status = 429
    title = "Too many requests. Please wait a moment and try again."

    def __init__(self, message: str | None = None, *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(AppError):
    """A part of the system cannot be reached; nothing was saved."""

    code = "unavailable"
    status = 503
    title = "The server is busy. Nothing was saved; please try again in a moment."
