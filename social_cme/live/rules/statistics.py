"""What a session was like, in numbers. Rule: where nothing was measured, nothing is said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from social_cme.live.rules.attendance import Interval

# Upper borders in seconds; the last group is open.
RESPONSE_GROUPS = (120, 300, 600, 1200)
MOMENTS = 24


def median(values: Iterable[int]) -> int | None:
    """Return the middle of some numbers, cut to a whole one; ``None`` for none."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def group_counts(values: Iterable[int], borders: Sequence[int]) -> list[int]:
    """Count how many of some numbers lie below each border, and how many beyond the last."""
    counts = [0] * (len(borders) + 1)
    for one in values:
        counts[bisect_right(borders, one)] += 1
    return counts


def moments_between(start: datetime, end: datetime, *, most: int = MOMENTS) -> list[datetime]:
    """Return moments spread evenly over a session, whole minutes apart, the start among them."""
    span = max(end - start, timedelta(minutes=1))
    step = timedelta(minutes=max(1, -(-span // timedelta(minutes=most))))
    return [start + step * number for number in range(-(-span // step))]


def people_at(presences: Iterable[Sequence[Interval]], moments: Sequence[datetime]) -> list[int]:
    """Return how many people were there at each of *moments* (sorted); each person's stretches lie apart."""
    change = [0] * (len(moments) + 1)
    for stretches in presences:
        for one in stretches:
            change[bisect_left(moments, one.start)] += 1
            change[bisect_left(moments, one.end)] -= 1
    counts: list[int] = []
    here = 0
    for step in change[:-1]:
        here += step
        counts.append(here)
    return counts
