"""When a session may be planned and started."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_SESSION = timedelta(hours=12)
FARTHEST_AHEAD = timedelta(days=730)
EARLIEST_START = timedelta(hours=1)
LATEST_END = timedelta(hours=1)
LONGEST_PAUSE = timedelta(hours=4)


def may_start(starts_at: datetime, ends_at: datetime, moment: datetime) -> bool:
    """Tell whether a session can be started at *moment*: from an hour before its time until its planned end."""
    return starts_at - EARLIEST_START <= moment < ends_at


def time_problems(starts_at: datetime, ends_at: datetime, moment: datetime) -> dict[str, list[str]]:
    """Return what is wrong with the times of a session that is to be scheduled at *moment*, by field."""
    problems: dict[str, list[str]] = {}
    if starts_at < moment:
        problems["starts_at"] = ["This start has passed already. Choose a later one."]
    elif starts_at > moment + FARTHEST_AHEAD:
        problems["starts_at"] = ["A session can be planned up to two years ahead."]
    if ends_at <= starts_at:
        problems["ends_at"] = ["The end must be after the start."]
    elif ends_at - starts_at > LONGEST_SESSION:
        problems["ends_at"] = ["A session can last at most 12 hours."]
    return problems
