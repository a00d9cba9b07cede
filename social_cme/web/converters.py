"""Address parts that are checked before a view runs: ids that fit the database, slugs, and random keys."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from social_cme.core.ids import MAX_ID


class IdConverter(BaseConverter):
    """A positive row id in plain ASCII digits; anything else is simply not found."""

    regex = r"[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the id, or refuse one that no row can have."""
        number = int(value)
        if number > MAX_ID:
            raise ValidationError
        return number

    def to_url(self, value: int) -> str:
        """Write the id."""
        return str(int(value))


class SlugConverter(BaseConverter):
    """A room's slug: lower-case letters, digits and hyphens."""

    regex = r"[a-z0-9][a-z0-9-]{0,59}"


class KeyConverter(BaseConverter):
    """A random key of 256 bits, as ``core.ids.new_token`` writes it."""

    regex = r"[A-Za-z0-9_-]{43}"


def register_converters(app: Flask) -> None:
    """Make ``<id:…>``, ``<slug:…>`` and ``<key:…>`` available in routes."""
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["slug"] = SlugConverter
    app.url_map.converters["key"] = KeyConverter
