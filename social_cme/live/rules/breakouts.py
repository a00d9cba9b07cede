"""How long the rounds of a breakout are, and how much of them somebody attended.

Rule: what counts is the time in which the round really ran; a pause adds nothing, and neither does what lies before or after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from social_cme.live.rules.attendance import Interval, merge_intervals

# Published numbers of speed mentoring: ten minutes with each mentor, five to six rounds, a minute or so to change places.
ROUND_USUAL = timedelta(minutes=10)
ROUND_LEAST = timedelta(seconds=30)
ROUND_MOST = timedelta(hours=2)
CHANGEOVER_USUAL = timedelta(seconds=75)
CHANGEOVER_MOST = timedelta(minutes=15)
WARNING = timedelta(seconds=30)
ROUNDS_USUAL = 5
MAX_ROUNDS = 24
MAX_GROUPS = 60
MAX_STATIONS = 40
MAX_GROUP_NAME = 60
MAX_STATION_NAME = 80
MAX_TOPIC = 200
MAX_NOTES = 10_000
MAX_PEOPLE = 1_000


def stretches(started_at: datetime, ended_at: datetime, pauses: Iterable[Interval]) -> list[Interval]:
    """Return the stretches of time in which a round ran, without its pauses."""
    found: list[Interval] = []
    at = started_at
    for pause in merge_intervals(pauses, gap=timedelta()):
        if min(pause.start, ended_at) > at:
            found.append(Interval(at, min(pause.start, ended_at)))
        at = max(at, pause.end)
    if ended_at > at:
        found.append(Interval(at, ended_at))
    return found


def clip(windows: Iterable[Interval], start: datetime | None, end: datetime | None) -> list[Interval]:
    """Return what of some stretches lies between *start* and *end*; ``None`` sets no bound."""
    cut = (
        Interval(max(one.start, start) if start else one.start, min(one.end, end) if end else one.end)
        if (start is None or start < one.end) and (end is None or end > one.start)
        else None
        for one in windows
    )
    return [one for one in cut if one is not None]


def overlap_seconds(attended: Iterable[Interval], windows: Sequence[Interval]) -> int:
    """Return the whole seconds of the united stretches *attended* that lie within *windows*, which do not overlap."""
    total = timedelta()
    for one in merge_intervals(attended):
        for window in windows:
            total += max(min(one.end, window.end) - max(one.start, window.start), timedelta())
    return total // timedelta(seconds=1)
