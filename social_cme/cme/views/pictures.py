"""Turns participation into what the chart macros draw: words, percentages and shades.

Rule: nothing is counted here; the numbers come from the rules and the queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from social_cme.cme.queries.mine import AttendedSession
from social_cme.cme.queries.rooms import Presence
from social_cme.cme.rules import Day, Interval, day_start, merge, union_seconds, weeks_of
from social_cme.web.templating import local_time, minutes_text

WEEKS_SHOWN = 53
LOCALE = "en_US"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A year of days as the heat map macro takes it."""

    weeks: list[list[dict[str, Any] | None]]
    months: list[dict[str, Any]]
    totals: list[tuple[str, int, int]]


def calendar_days(today: date) -> tuple[date, date]:
    """Return the first and the last day of the calendar: whole weeks up to today."""
    return today - timedelta(days=today.weekday() + 7 * (WEEKS_SHOWN - 1)), today


def heat_map(days: Sequence[Day]) -> HeatMap:
    """Arrange days in weeks with the names of months above and the sums of months below."""
    weeks = weeks_of(days)
    months: list[dict[str, Any]] = []
    for index, week in enumerate(weeks):
        first = next((day for day in week if day is not None and day.day.day == 1), None)
        if first is not None and index < len(weeks) - 1:
            months.append({"week": index, "name": format_date(first.day, "MMM", locale=LOCALE)})
    return HeatMap(
        weeks=[[_cell(day) if day is not None else None for day in week] for week in weeks],
        months=months,
        totals=_month_totals(days),
    )


def session_lanes(sessions: Sequence[AttendedSession]) -> list[dict[str, Any]]:
    """Return a line for each session, drawn over that session's own length."""
    return [
        {
            "label": one.title,
            "total": f"{minutes_text(union_seconds(one.stretches))} of {minutes_text((one.end - one.start).total_seconds())}",
            "spans": [_span(stretch, one.start, one.end) for stretch in merge(one.stretches)],
        }
        for one in sessions
    ]


def reckoning(sessions: Sequence[AttendedSession], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return for each session how its minutes came about: the recorded stretches, and what their union makes."""
    return [
        {
            "session": one,
            "stretches": [
                {
                    "start": f"{stretch.start.astimezone(zone):%H:%M:%S}",
                    "end": f"{stretch.end.astimezone(zone):%H:%M:%S}",
                    "length": _exact(int(stretch.seconds)),
                }
                for stretch in one.stretches
            ],
            "total": _exact(union_seconds(one.stretches)),
            "minutes": union_seconds(one.stretches) // 60,
        }
        for one in sessions
    ]


def people_lanes(frame: AttendedSession, presence: Sequence[Presence]) -> list[dict[str, Any]]:
    """Return a line for each person of one session."""
    return [
        {
            "label": one.display_name,
            "total": minutes_text(union_seconds(one.stretches)),
            "spans": [_span(stretch, frame.start, frame.end) for stretch in merge(one.stretches)],
        }
        for one in presence
    ]


def clock_marks(frame: AttendedSession) -> list[dict[str, Any]]:
    """Return the beginning, the middle and the end of a session as marks in the reader's time."""
    middle = frame.start + (frame.end - frame.start) / 2
    return [{"left": left, "text": local_time(at)} for left, at in ((0, frame.start), (50, middle), (100, frame.end))]


SHARE_MARKS = [{"left": 0, "text": "Start"}, {"left": 50, "text": "Half"}, {"left": 100, "text": "End"}]


def past_weeks(today: date, zone: ZoneInfo, *, count: int) -> list[tuple[date, datetime, datetime]]:
    """Return the last *count* weeks up to the present one as (Monday, start, end)."""
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    return [(one, day_start(one, zone), day_start(one + timedelta(days=7), zone)) for one in mondays]


def week_bars(mondays: Sequence[date], values: Sequence[int]) -> list[dict[str, Any]]:
    """Return a column for each week, named by its Monday."""
    return [
        {"label": format_date(monday, "MMM d", locale=LOCALE), "value": value}
        for monday, value in zip(mondays, values, strict=True)
    ]


def _cell(day: Day) -> dict[str, Any]:
    entries = f"{day.entries} {'entry' if day.entries == 1 else 'entries'}"
    minutes = f", {minutes_text(day.seconds)} attended" if day.minutes else ""
    text = f"{format_date(day.day, 'MMM d, y', locale=LOCALE)}: {entries}{minutes}"
    return {"date": day.day, "value": day.entries, "level": day.level, "text": text}


def _month_totals(days: Sequence[Day]) -> list[tuple[str, int, int]]:
    sums: dict[tuple[int, int], list[float]] = {}
    for day in days:
        one = sums.setdefault((day.day.year, day.day.month), [0, 0.0])
        one[0] += day.entries
        one[1] += day.seconds
    return [
        (format_date(date(year, month, 1), "MMMM y", locale=LOCALE), int(entries), int(seconds // 60))
        for (year, month), (entries, seconds) in sorted(sums.items(), reverse=True)
    ]


def _exact(seconds: int) -> str:
    return f"{seconds // 60} min {seconds % 60:02d} s"


def _span(stretch: Interval, start: datetime, end: datetime) -> dict[str, Any]:
    whole = max((end - start).total_seconds(), 1.0)
    left = 100 * (stretch.start - start).total_seconds() / whole
    # A stretch of a minute in a long session would otherwise be too thin to see.
    width = max(100 * stretch.seconds / whole, 0.6)
    return {
        "left": round(left, 2),
        "width": round(min(width, 100 - left), 2),
        "text": f"{local_time(stretch.start)} to {local_time(stretch.end)}",
    }
