"""Series of sessions after the recurrence rules of iCalendar (RFC 5545, 3.3.10), over wall-clock times.

Rule: what is accepted is a small part of the standard, checked before any of it is carried out, and never more than
``MOST_OCCURRENCES`` times within ``LONGEST_SERIES`` of the first.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule as dateutil_rrule

MOST_OCCURRENCES = 104
LONGEST_SERIES = timedelta(days=730)
MAX_RULE = 200
MOST_INTERVAL = 12
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_FREQUENCIES = {"WEEKLY": dateutil_rrule.WEEKLY, "MONTHLY": dateutil_rrule.MONTHLY}
_KNOWN = {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL", "WKST"}
_DAY = re.compile(r"(-1|[1-5])?(MO|TU|WE|TH|FR|SA|SU)\Z")
_UNTIL = re.compile(r"\d{8}(T\d{6}Z?)?\Z")
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}


class BadRule(ValueError):
    """A rule that cannot be used; its text says why in words that are shown."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How sessions repeat: ``days`` are pairs of an ordinal (0 for every week) and a weekday, 0 for Monday.

    Exactly one of ``count`` and ``until`` (a wall-clock time, included) is set before it is used.
    """

    monthly: bool
    interval: int
    days: tuple[tuple[int, int], ...]
    count: int | None = None
    until: datetime | None = None

    def __str__(self) -> str:
        days = ",".join(f"{ordinal or ''}{WEEKDAYS[weekday]}" for ordinal, weekday in self.days)
        end = f"COUNT={self.count}" if self.until is None else f"UNTIL={self.until:%Y%m%dT%H%M%S}"
        return f"FREQ={'MONTHLY' if self.monthly else 'WEEKLY'};INTERVAL={self.interval};BYDAY={days};{end}"


def every_week(start: datetime, *, interval: int = 1, weekdays: Iterable[int] = ()) -> Recurrence:
    """Build the weekly rule of a form; the weekday of *start* belongs to it. Its end is yet to be set."""
    days = sorted({start.weekday(), *weekdays})
    return Recurrence(monthly=False, interval=interval, days=tuple((0, day) for day in days))


def every_month(start: datetime) -> Recurrence:
    """Build the monthly rule of a form: the same weekday of the month as *start*, a fifth one meaning the last."""
    ordinal = (start.day - 1) // 7 + 1
    return Recurrence(monthly=True, interval=1, days=((-1 if ordinal == 5 else ordinal, start.weekday()),))


def parse_rule(text: str, *, start: datetime, zone_name: str) -> Recurrence:
    """Read an RRULE whose first occurrence is the wall-clock time *start* of a zone; raise ``BadRule`` for what is not supported.

    An UNTIL that ends in Z is UTC, any other is a time of the zone.
    """
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise BadRule("A series repeats weekly or monthly: FREQ=WEEKLY or FREQ=MONTHLY.")
    if parts.get("WKST", "MO") != "MO":
        raise BadRule("The week of a series begins on Monday: leave WKST out.")
    monthly = frequency == "MONTHLY"
    interval = _number(parts.get("INTERVAL", "1"), "INTERVAL", most=MOST_INTERVAL)
    days = _days(parts.get("BYDAY", ""), monthly=monthly, start=start)
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise BadRule("Say how a series ends, either with COUNT or with UNTIL.")
    if "COUNT" in parts:
        count = _number(parts["COUNT"], "COUNT", most=MOST_OCCURRENCES)
        return Recurrence(monthly=monthly, interval=interval, days=days, count=count)
    return Recurrence(monthly=monthly, interval=interval, days=days, until=_until(parts["UNTIL"], zone_name))


def occurrences(recurrence: Recurrence, start: datetime) -> list[datetime]:
    """Return the wall-clock starts of a series; raise ``BadRule`` when *start* is not one of them or they are too many."""
    horizon = start + LONGEST_SERIES
    last = min(recurrence.until, horizon) if recurrence.until is not None else horizon
    found = dateutil_rrule.rrule(
        dateutil_rrule.MONTHLY if recurrence.monthly else dateutil_rrule.WEEKLY,
        dtstart=start,
        interval=recurrence.interval,
        byweekday=[_weekday(ordinal, day) for ordinal, day in recurrence.days],
        until=last,
    )
    wanted = recurrence.count if recurrence.count is not None else MOST_OCCURRENCES + 1
    moments = list(islice(found, wanted))
    if not moments or moments[0] != start:
        raise BadRule("The first session must be on one of the days of the series.")
    if len(moments) < 2:
        raise BadRule("A series has at least two sessions.")
    if len(moments) > MOST_OCCURRENCES:
        raise BadRule(f"A series has at most {MOST_OCCURRENCES} sessions.")
    too_far = recurrence.until is not None and recurrence.until > horizon
    if too_far or (recurrence.count is not None and len(moments) < recurrence.count):
        raise BadRule("The last session of a series is at most two years after the first.")
    return moments


def in_words(text: str) -> str:
    """Say how a stored rule repeats: ``every 2 weeks``, ``every month``; what was moved since is told by the dates."""
    parts = _parts(text)
    unit = "month" if parts.get("FREQ") == "MONTHLY" else "week"
    interval = parts.get("INTERVAL", "1")
    every = f"every {unit}" if interval == "1" else f"every {interval} {unit}s"
    days = parts.get("BYDAY", "").split(",")
    return f"{every}, on {_days_in_words(days)}" if any(days) else every


def end_of_day(day: date) -> datetime:
    """Return the last wall-clock second of a day, for a series that ends on it."""
    return datetime.combine(day, time(23, 59, 59))


def _days_in_words(days: list[str]) -> str:
    words = []
    for one in days:
        match = _DAY.match(one)
        if match is not None:
            name = calendar.day_name[WEEKDAYS.index(match.group(2))]
            words.append(f"the {_ORDINALS[int(match.group(1))]} {name}" if match.group(1) else name)
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1] if words else ""]))


def _parts(text: str) -> dict[str, str]:
    rule = text.strip().upper().removeprefix("RRULE:")
    if len(rule) > MAX_RULE or not re.fullmatch(r"[A-Z0-9=;,+-]+", rule):
        raise BadRule("This is not a recurrence rule. Example: FREQ=WEEKLY;BYDAY=TU;COUNT=8")
    parts: dict[str, str] = {}
    for pair in rule.split(";"):
        name, _, value = pair.partition("=")
        if name not in _KNOWN or not value or name in parts:
            raise BadRule("A rule may say each of FREQ, INTERVAL, BYDAY, COUNT, UNTIL once, and nothing else.")
        parts[name] = value
    return parts


def _number(value: str, name: str, *, most: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= most):
        raise BadRule(f"{name} is a number from 1 to {most}.")
    return int(value)


def _days(value: str, *, monthly: bool, start: datetime) -> tuple[tuple[int, int], ...]:
    if not value:
        return every_month(start).days if monthly else every_week(start).days
    days: set[tuple[int, int]] = set()
    for one in value.split(","):
        match = _DAY.match(one)
        if match is None or bool(match.group(1)) != monthly:
            raise BadRule("BYDAY names weekdays: MO,WE for every week; 2TU or -1FR (the last Friday) for every month.")
        days.add((int(match.group(1) or 0), WEEKDAYS.index(match.group(2))))
    return tuple(sorted(days))


def _until(value: str, zone_name: str) -> datetime:
    if not _UNTIL.match(value):
        raise BadRule("UNTIL is a day such as 20270131, or a moment such as 20270131T235959.")
    try:
        if len(value) == 8:
            return end_of_day(datetime.strptime(value, "%Y%m%d").date())  # noqa: DTZ007 - a wall-clock day
        moment = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall-clock time
        if value.endswith("Z"):
            moment = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone_name)).replace(tzinfo=None)
        return moment
    except (ValueError, OverflowError) as error:
        raise BadRule("UNTIL is not a day of the calendar.") from error


def _weekday(ordinal: int, day: int) -> dateutil_rrule.weekday:
    one = (
        dateutil_rrule.MO,
        dateutil_rrule.TU,
        dateutil_rrule.WE,
        dateutil_rrule.TH,
        dateutil_rrule.FR,
        dateutil_rrule.SA,
        dateutil_rrule.SU,
    )[day]
    return one(ordinal) if ordinal else one
