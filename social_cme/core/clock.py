"""The one source of the present moment; every time inside the product is aware UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_set_moment: ContextVar[datetime | None] = ContextVar("set_moment", default=None)


def now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return _set_moment.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Make ``now()`` answer *moment* inside the block, in this context alone.

    Only for telling a past that never was: the demo content and tests. Raises ``ValueError`` for a naive moment.
    """
    if moment.tzinfo is None:
        raise ValueError("clock.at takes an aware moment")
    token = _set_moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_moment.reset(token)


def is_time_zone(name: str) -> bool:
    """Tell whether *name* is an IANA time zone known to this installation."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def local_to_utc(wall: datetime, zone_name: str) -> datetime:
    """Turn a naive wall-clock time in a zone into aware UTC.

    A wall time inside a spring gap does not exist; it is moved forward by the length of the gap, as calendars do. A wall
    time that occurs twice in autumn means its first occurrence. Raises ``ValueError`` when *wall* carries a zone.
    """
    if wall.tzinfo is not None:
        raise ValueError("local_to_utc takes a naive wall-clock time")
    return wall.replace(tzinfo=ZoneInfo(zone_name), fold=0).astimezone(UTC)


def utc_to_local(moment: datetime, zone_name: str) -> datetime:
    """Turn an aware moment into the wall-clock time of a zone (still aware)."""
    return moment.astimezone(ZoneInfo(zone_name))


def iso(moment: datetime) -> str:
    """Write an aware moment as RFC 3339 in UTC, to the millisecond: ``2026-03-01T09:30:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
