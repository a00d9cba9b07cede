"""The calendar of a cohort: wall clocks of its zone, moments in UTC, and moving a whole term.

Rule: what a coordinator writes is a wall clock of the cohort's zone; moving keeps the weekday and the hour on that clock,
whatever the clocks of the zone do in between.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
# Work may be due a little after the last week, and feedback after that.
GRACE = timedelta(weeks=8)
FARTHEST = timedelta(days=365 * 3)


def wall(moment: datetime, zone: str) -> datetime:
    """Return the naive wall clock that *zone* shows at an aware moment."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def day_at(moment: datetime, zone: str) -> date:
    """Return the date that *zone* has at an aware moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def last_day(starts_on: date, weeks: int) -> date:
    """Return the last date of a term that lasts whole weeks."""
    return starts_on + weeks * WEEK - timedelta(days=1)


def whole_weeks_between(old_start: date, new_start: date) -> int:
    """Return by how many weeks a term moves so that nothing of it comes before *new_start*; negative to move back.

    When the two dates are of the same weekday it is exactly the distance; otherwise everything begins up to six days after the
    new start, for a Monday stays a Monday.
    """
    return -((old_start - new_start).days // 7)


def moved_wall(moment: datetime, zone: str, weeks: int) -> datetime:
    """Return the wall clock at which something happens that moves by whole weeks: the same weekday and the same hour."""
    return wall(moment, zone) + weeks * WEEK


def is_within(starts_on: date, weeks: int, wall_clock: datetime) -> bool:
    """Tell whether a wall clock lies in a term or in the weeks of grace after it."""
    first = datetime.combine(starts_on, time.min)
    return first <= wall_clock < first + weeks * WEEK + GRACE


def is_open_to_join(today: date, *, starts_on: date, weeks: int, join_until: date | None) -> bool:
    """Tell whether somebody can still join on a date; the last day to join is open all day."""
    return today <= min(join_until or date.max, last_day(starts_on, weeks))


def week_number(today: date, *, starts_on: date, weeks: int) -> int | None:
    """Return which week of the term a date is in, from 1; ``None`` before and after."""
    number = (today - starts_on).days // 7 + 1
    return number if 1 <= number <= weeks else None
