"""When the author of a case is asked what happened, and when a solved case comes back to those who read it.

Rule: a card is due by the reader's calendar, so it comes on the same weekday in summer and in winter time; the asking counts
weeks of 168 hours, because a day earlier or later does not matter there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from social_cme.discussions.enums import RecallResult

ASK_AFTER_WEEKS = (2, 6, 12)
# Who was not asked in time (the server was off, the case is old) is asked no more.
LATEST_WEEKS = 16
RECALL_WEEKS = (1, 4, 12)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card stands: intervals passed, and when it is due; never again once all are passed."""

    stage: int
    due_at: datetime | None


def weeks_to_ask(age: timedelta, asked: Collection[int]) -> int | None:
    """Return after how many weeks the author is asked now, ``None`` for not now; only the latest of several that are due."""
    reached = [weeks for weeks in ASK_AFTER_WEEKS if age >= timedelta(weeks=weeks)]
    if not reached or age > timedelta(weeks=LATEST_WEEKS):
        return None
    latest = reached[-1]
    return latest if latest > max(asked, default=0) else None


def first_place(learned_at: datetime, zone: ZoneInfo) -> Place:
    """Return where a card begins: one week after the solved case was read."""
    return Place(0, due_after(learned_at, RECALL_WEEKS[0], zone))


def next_place(stage: int, result: RecallResult, at: datetime, zone: ZoneInfo) -> Place:
    """Return where a card goes: on when it was known, the same interval again when partly, to the first one when not."""
    if result == RecallResult.NOT:
        return Place(0, due_after(at, RECALL_WEEKS[0], zone))
    if result == RecallResult.KNEW:
        stage += 1
    if stage >= len(RECALL_WEEKS):
        return Place(len(RECALL_WEEKS), None)
    return Place(stage, due_after(at, RECALL_WEEKS[stage], zone))


def due_after(moment: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    """Return the beginning of the day, so many weeks later, by the calendar of *zone*; as aware UTC.

    Where that midnight is skipped by a change of the clocks, the day begins with the first moment after it.
    """
    day = moment.astimezone(zone).date() + timedelta(weeks=weeks)
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
