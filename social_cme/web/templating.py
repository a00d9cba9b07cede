"""Filters and globals of the templates: times in the reader's zone, vocabulary labels, stored HTML."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime, format_time, get_timezone
from flask import Flask
from flask_login import current_user
from markupsafe import Markup

from social_cme.core import clock
from social_cme.core.text import excerpt


def reader_zone() -> str:
    """Return the IANA zone of the person reading, UTC for strangers."""
    zone = getattr(current_user, "time_zone", None)
    return zone if isinstance(zone, str) and zone else "UTC"


def local_datetime(moment: datetime | None, zone: str | None = None) -> str:
    """Write a moment as the reader's date and time with the zone's short name: ``Mar 9, 2026, 18:00 CET``."""
    if moment is None:
        return ""
    return format_datetime(moment, "MMM d, y, HH:mm z", tzinfo=get_timezone(zone or reader_zone()), locale="en_US")


def local_date(moment: datetime | None, zone: str | None = None) -> str:
    """Write a moment as the reader's date: ``Mar 9, 2026``."""
    if moment is None:
        return ""
    local = clock.utc_to_local(moment, zone or reader_zone())
    return format_date(local.date(), "MMM d, y", locale="en_US")


def plain_date(day: date | None) -> str:
    """Write a date that belongs to no zone: ``Mar 9, 2026``."""
    return format_date(day, "MMM d, y", locale="en_US") if day is not None else ""


def local_time(moment: datetime | None, zone: str | None = None) -> str:
    """Write a moment as the reader's time of day: ``18:00``."""
    if moment is None:
        return ""
    return format_time(moment, "HH:mm", tzinfo=get_timezone(zone or reader_zone()), locale="en_US")


def zone_name(zone: str) -> str:
    """Write the name of an IANA zone as the lists of zones do: ``America: New York``."""
    return zone.replace("/", ": ", 1).replace("_", " ").replace("/", ", ")


def time_ago(moment: datetime | None) -> str:
    """Write how long ago a moment was, or how far ahead: ``3 h ago``, ``in 2 d``."""
    if moment is None:
        return ""
    seconds = (clock.now() - moment).total_seconds()
    distance = abs(seconds)
    steps = (
        (60, 1, "s"),
        (3600, 60, "min"),
        (86_400, 3600, "h"),
        (86_400 * 30, 86_400, "d"),
        (86_400 * 365, 86_400 * 30, "mo"),
    )
    if distance < 45:
        return "just now" if seconds >= 0 else "in a moment"
    words = next((f"{int(distance // unit)} {name}" for limit, unit, name in steps if distance < limit), None)
    words = words or f"{int(distance // (86_400 * 365))} y"
    return f"{words} ago" if seconds >= 0 else f"in {words}"


def minutes_text(seconds: float) -> str:
    """Write a duration in whole minutes: ``1 h 05 min``."""
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def stored_html(html: str | None) -> Markup:
    """Mark HTML as safe that ``render_markdown`` made when the text was written; nothing else may come here."""
    return Markup(html or "")  # noqa: S704


def register_templating(app: Flask, globals_: dict[str, Any]) -> None:
    """Add filters and globals to the templates of *app*."""
    app.jinja_env.filters.update(
        local_datetime=local_datetime,
        local_date=local_date,
        local_time=local_time,
        plain_date=plain_date,
        time_ago=time_ago,
        zone_name=zone_name,
        minutes_text=minutes_text,
        stored_html=stored_html,
        excerpt=lambda value, limit=200: excerpt(value or "", limit=limit),
        iso=clock.iso,
    )
    app.jinja_env.globals.update(globals_)
    app.jinja_env.globals["now"] = clock.now
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
