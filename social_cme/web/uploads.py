"""Larger requests for the few routes that take files; every other keeps the small limit.

Rule: only somebody who is logged in may send more than a page of text, so a stranger cannot make the server hold large bodies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "takes_files"


def takes_files(view: View) -> View:
    """Mark a view that takes a file along with its form."""
    setattr(view, _MARK, True)
    return view


def register_uploads(app: Flask, *, limit: int) -> None:
    """Let the marked views of *app* take bodies of up to *limit* bytes.

    It happens before anything else looks at the request: the check of the form's token reads the whole body.
    """

    @app.url_value_preprocessor
    def _raise_limit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        view = app.view_functions.get(endpoint or "")
        if request.method == "POST" and getattr(view, _MARK, False) and current_user.is_authenticated:
            request.max_content_length = limit


def uploaded_bytes(field: object, *, most: int) -> bytes:
    """Return what was sent as a file, nothing when it is no file; one byte more than *most* is read, so that the excess shows."""
    return field.stream.read(most + 1) if isinstance(field, FileStorage) else b""
