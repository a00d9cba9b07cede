"""Lengths of time in words, as people say them."""

from __future__ import annotations

from datetime import timedelta

_STEPS = (
    (timedelta(hours=1), timedelta(minutes=1), "minute"),
    (timedelta(days=2), timedelta(hours=1), "hour"),
    (timedelta(days=14), timedelta(days=1), "day"),
    (timedelta(days=60), timedelta(days=7), "week"),
    (timedelta(days=730), timedelta(days=30), "month"),
)


def age_in_words(age: timedelta) -> str:
    """Return how long something has lasted: ``5 minutes``, ``30 hours``, ``3 days``, ``6 weeks``, ``2 years``."""
    if age < timedelta(minutes=1):
        return "less than a minute"
    unit, name = next(((unit, name) for limit, unit, name in _STEPS if age < limit), (timedelta(days=365), "year"))
    count = age // unit
    return f"{count} {name}{'' if count == 1 else 's'}"


def hours_in_words(hours: float) -> str:
    """Return hours for a table: ``25 min``, ``3.5 h``, ``2.1 d``."""
    if hours < 1:
        return f"{round(hours * 60)} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} d"
