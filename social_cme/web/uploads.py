"""Larger requests for the few routes that take files; every other keeps the small limit.

Rule: only somebody who is logged in may send more than a page of text, so a stranger cannot make the server hold large bodies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "takes_files"


def takes_files(view: View) -> View:
    """Mark a view that takes a picture along with its form."""
    return takes("picture")(view)


def takes(kind: str) -> Callable[[View], View]:
    """Mark a view that takes a file of a *kind* along with its form; each kind has its own limit."""

    def mark(view: View) -> View:
        setattr(view, _MARK, kind)
        return view

    return mark


def register_uploads(app: Flask, *, limits: Mapping[str, int]) -> None:
    """Let the marked views of *app* take bodies of as many bytes as *limits* says for their kind.

    It happens before anything else looks at the request: the check of the form's token reads the whole body.
    """

    @app.url_value_preprocessor
    def _raise_limit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        view = app.view_functions.get(endpoint or "")
        kind = getattr(view, _MARK, "")
        if request.method == "POST" and kind and current_user.is_authenticated:
            request.max_content_length = limits[kind]


def uploaded_bytes(field: object, *, most: int) -> bytes:
    """Return what was sent as a file, nothing when it is no file; one byte more than *most* is read, so that the excess shows."""
    return field.stream.read(most + 1) if isinstance(field, FileStorage) else b""
