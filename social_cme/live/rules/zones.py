"""Times in words, in the zone of whoever reads and in the host's. Rule: a time is never written without its zone."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_datetime, format_time, get_timezone


def times_in_words(starts_at: datetime, ends_at: datetime, *, reader: str, host: str) -> list[str]:
    """Write when a session takes place: one line for the reader, and one for the host where the zones differ."""
    lines = [f"{_span(starts_at, ends_at, reader)}, your time"]
    if host != reader:
        lines.append(f"{_span(starts_at, ends_at, host)}, for the host")
    return lines


def _span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    here = get_timezone(zone)
    start = format_datetime(starts_at, "MMM d, y, HH:mm", tzinfo=here, locale="en_US")
    return f"{start} to {format_time(ends_at, 'HH:mm z', tzinfo=here, locale='en_US')} ({zone.replace('_', ' ')})"
