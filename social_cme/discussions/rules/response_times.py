"""How long people wait for answers, month by month: pure arithmetic on moments.

Rule: a wait belongs to the month in which it was asked. Who still waits has no time yet and is counted, never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Wait:
    """When something was asked, when the first answer came, and the first one of a mentor; ``None`` while there is none."""

    asked_at: datetime
    answered_at: datetime | None
    mentor_at: datetime | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the slow end of some waits, in hours; ``count`` is how many there were."""

    count: int
    median: float | None
    ninetieth: float | None


@dataclass(frozen=True, slots=True)
class MonthOfWaits:
    """What was asked in one month, and how long it waited."""

    month: date
    asked: int
    answer: Spread
    mentor: Spread

    @property
    def unanswered(self) -> int:
        """How many of them nobody has answered."""
        return self.asked - self.answer.count


def last_months(today: date, *, count: int) -> list[date]:
    """Return the first days of the last *count* months up to the present one, the oldest first."""
    number = today.year * 12 + today.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - count + 1, number + 1)]


def by_month(waits: Iterable[Wait], months: Sequence[date], zone: ZoneInfo) -> list[MonthOfWaits]:
    """Return the figures of each of *months*, which are those of *zone*."""
    groups: dict[date, list[Wait]] = {month: [] for month in months}
    for wait in waits:
        month = wait.asked_at.astimezone(zone).date().replace(day=1)
        if month in groups:
            groups[month].append(wait)
    return [
        MonthOfWaits(
            month=month,
            asked=len(group),
            answer=spread_of(hours_between(one.asked_at, one.answered_at) for one in group),
            mentor=spread_of(hours_between(one.asked_at, one.mentor_at) for one in group),
        )
        for month, group in groups.items()
    ]


def hours_between(start: datetime, end: datetime | None) -> float | None:
    """Return the hours of a wait, ``None`` for one that goes on.

    An answer that came with a merge may be older than the question that it stands below now; that is no wait at all.
    """
    return max((end - start).total_seconds(), 0.0) / 3600 if end is not None else None


def spread_of(hours: Iterable[float | None]) -> Spread:
    """Return median and 90th percentile (nearest rank) of the waits that have ended."""
    known = sorted(one for one in hours if one is not None)
    if not known:
        return Spread(0, None, None)
    middle = len(known) // 2
    median = known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2
    return Spread(len(known), median, known[math.ceil(0.9 * len(known)) - 1])
