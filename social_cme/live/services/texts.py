"""Checks of what people write in a session; faces clean as well, but services are called by all of them."""

from __future__ import annotations

from social_cme.core.errors import Invalid
from social_cme.core.text import clean_line, clean_text


def required_text(value: str, *, field: str, limit: int, name: str) -> str:
    """Return *value* cleaned; raise ``Invalid`` when nothing is left or when it is longer than *limit*."""
    return _bounded(clean_text(value), field=field, limit=limit, name=name, required=True)


def optional_text(value: str, *, field: str, limit: int, name: str) -> str:
    """Return *value* cleaned, possibly empty; raise ``Invalid`` when it is longer than *limit*."""
    return _bounded(clean_text(value), field=field, limit=limit, name=name, required=False)


def required_line(value: str, *, field: str, limit: int, name: str) -> str:
    """Return *value* as one cleaned line; raise ``Invalid`` when nothing is left or when it is longer than *limit*."""
    return _bounded(clean_line(value), field=field, limit=limit, name=name, required=True)


def _bounded(value: str, *, field: str, limit: int, name: str, required: bool) -> str:
    message = None
    if required and not value:
        message = f"Please write {name}."
    elif len(value) > limit:
        message = f"That is {len(value):,} characters; {name} can have at most {limit:,}."
    if message is not None:
        raise Invalid(message, fields={field: [message]})
    return value
