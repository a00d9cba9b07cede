"""The arithmetic of participation, on plain values.

Rule: time is a union of stretches, never a sum: whoever is in two sessions at once gains one hour in an hour (AMA PRA rule on
simultaneous sessions). Seconds are kept to the end; whole minutes are cut once, from the total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from social_cme.cme.enums import Activity


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time between two aware moments; it is empty when it does not end after it starts."""

    start: datetime
    end: datetime

    @classmethod
    def lasting(cls, start: datetime, seconds: float) -> Interval:
        """Return the stretch of *seconds* that begins at *start*."""
        return cls(start, start + timedelta(seconds=seconds))

    @property
    def seconds(self) -> float:
        """Its length."""
        return max(0.0, (self.end - self.start).total_seconds())


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the ledger as the arithmetic needs it; ``interval`` only for attended time."""

    activity: str
    occurred_at: datetime
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What somebody did in a period."""

    seconds: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def minutes(self) -> int:
        """Attended whole minutes."""
        return self.seconds // 60

    @property
    def threads(self) -> int:
        """Cases, questions and discussions opened."""
        return self.counts[Activity.THREAD_OPENED]

    @property
    def asked(self) -> int:
        """Threads opened and questions asked in live sessions."""
        return self.threads + self.counts[Activity.QUESTION_ASKED]

    @property
    def answers(self) -> int:
        """Answers written."""
        return self.counts[Activity.ANSWER_WRITTEN]

    @property
    def comments(self) -> int:
        """Comments written."""
        return self.counts[Activity.COMMENT_WRITTEN]

    @property
    def votes(self) -> int:
        """First votes on threads, posts and live questions."""
        return self.counts[Activity.VOTE_GIVEN] + self.counts[Activity.QUESTION_SUPPORTED]

    @property
    def endorsed(self) -> int:
        """Endorsements received."""
        return self.counts[Activity.ENDORSEMENT_RECEIVED]

    @property
    def endorsements_given(self) -> int:
        """Endorsements given as a mentor."""
        return self.counts[Activity.ENDORSEMENT_GIVEN]

    @property
    def accepted(self) -> int:
        """Own answers that the author of a thread found helpful."""
        return self.counts[Activity.ANSWER_ACCEPTED]


@dataclass(slots=True)
class Day:
    """One local day of the calendar."""

    day: date
    entries: int = 0
    seconds: float = 0.0

    @property
    def minutes(self) -> int:
        """Attended whole minutes of the day."""
        return int(self.seconds // 60)

    @property
    def level(self) -> int:
        """Shade of the calendar, 0 to 4, by the number of entries alone; it says how busy a day was and no more."""
        return next((shade for shade, most in enumerate((0, 1, 3, 6)) if self.entries <= most), 4)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the union of *intervals* as separate stretches in order; those that touch become one, empty ones vanish."""
    merged: list[Interval] = []
    for one in sorted(each for each in intervals if each.end > each.start):
        if merged and one.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return merged


def clip(intervals: Iterable[Interval], *, start: datetime, end: datetime) -> list[Interval]:
    """Cut *intervals* to the part between *start* and *end*."""
    cut = (Interval(max(one.start, start), min(one.end, end)) for one in intervals)
    return [one for one in cut if one.end > one.start]


def union_seconds(intervals: Iterable[Interval]) -> int:
    """Return the seconds covered by at least one of *intervals*, cut to whole seconds."""
    return int(sum((one.end - one.start for one in merge(intervals)), timedelta()).total_seconds())


def totals(moments: Iterable[Moment], *, start: datetime, end: datetime) -> Totals:
    """Return what happened from *start* up to but not including *end*; attended time is cut at the borders."""
    seen = list(moments)
    counts = Counter(str(one.activity) for one in seen if start <= one.occurred_at < end)
    spans = [one.interval for one in seen if one.interval is not None]
    return Totals(seconds=union_seconds(clip(spans, start=start, end=end)), counts=counts)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a local day in UTC; where midnight is skipped in spring, the first moment that exists."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def split_by_day(interval: Interval, zone: ZoneInfo) -> list[tuple[date, float]]:
    """Share a stretch among the local days it touches, as (day, seconds); a day may last 23 or 25 hours."""
    shares: list[tuple[date, float]] = []
    start = interval.start
    while start < interval.end:
        day = start.astimezone(zone).date()
        border = max(day_start(day + timedelta(days=1), zone), start + timedelta(microseconds=1))
        end = min(border, interval.end)
        shares.append((day, (end - start).total_seconds()))
        start = end
    return shares


def calendar(moments: Iterable[Moment], *, first: date, last: date, zone: ZoneInfo) -> list[Day]:
    """Return every local day from *first* to *last* with its number of entries and its attended seconds."""
    days = {
        first + timedelta(days=offset): Day(first + timedelta(days=offset)) for offset in range((last - first).days + 1)
    }
    seen = list(moments)
    for one in seen:
        found = days.get(one.occurred_at.astimezone(zone).date())
        if found is not None:
            found.entries += 1
    for stretch in merge(one.interval for one in seen if one.interval is not None):
        for day, seconds in split_by_day(stretch, zone):
            if day in days:
                days[day].seconds += seconds
    return list(days.values())


def weeks_of(days: Sequence[Day]) -> list[list[Day | None]]:
    """Arrange consecutive days in weeks of seven that begin on Monday, with ``None`` outside the range."""
    if not days:
        return []
    cells: list[Day | None] = [*([None] * days[0].day.weekday()), *days]
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter or a year in somebody's zone, as aware UTC borders."""

    name: str
    start: datetime
    end: datetime


def quarter_of(today: date, zone: ZoneInfo) -> Period:
    """Return the calendar quarter that *today* lies in."""
    month = (today.month - 1) // 3 * 3 + 1
    following = date(today.year + month // 10, (month + 2) % 12 + 1, 1)
    return Period(
        name=f"{today.year} Q{(month + 2) // 3}",
        start=day_start(date(today.year, month, 1), zone),
        end=day_start(following, zone),
    )


def year_of(today: date, zone: ZoneInfo) -> Period:
    """Return the calendar year that *today* lies in."""
    return Period(
        name=str(today.year),
        start=day_start(date(today.year, 1, 1), zone),
        end=day_start(date(today.year + 1, 1, 1), zone),
    )
