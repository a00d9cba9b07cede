"""When a reminder comes, worked out on the reader's own clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from social_cme.keeping.enums import Reminder

EVENING, MORNING = time(20), time(8)
FURTHEST = timedelta(days=2 * 366)
_MONDAY = 7


def wall_time(choice: Reminder, here: datetime) -> datetime:
    """Return the wall-clock time that a choice means when the reader's clock says *here*; naive, in the reader's zone.

    Tonight is eight in the evening, or an hour from now when that has passed; the others are eight in the morning.
    """
    clock = here.replace(tzinfo=None, second=0, microsecond=0)
    if choice == Reminder.TONIGHT:
        return max(datetime.combine(clock.date(), EVENING), clock + timedelta(hours=1))
    days = 1 if choice == Reminder.TOMORROW else _MONDAY - clock.weekday()
    return datetime.combine(clock.date() + timedelta(days=days), MORNING)
