"""Attendance as a union of stretches of time. Rule: two tabs never count twice, and no result is ever negative."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BEAT_EVERY = timedelta(seconds=15)
BEAT_LEAST = timedelta(seconds=5)
GAP = timedelta(seconds=90)
# Somebody whose page has not been heard of for this long is no longer shown as present.
PRESENT_FOR = timedelta(seconds=45)


class Beat(StrEnum):
    """What a heartbeat does to the open stretch of attendance."""

    IGNORE = "ignore"
    EXTEND = "extend"
    RENEW = "renew"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time; ``end`` is never before ``start``."""

    start: datetime
    end: datetime


def judge_beat(last_at: datetime, moment: datetime) -> Beat:
    """Tell what a heartbeat at *moment* means for a stretch last heard of at *last_at*.

    A gap under 90 s is inside the stretch; a longer one begins a new stretch. A clock set back a little changes nothing; one
    set back by 90 s or more begins a new stretch, so that nobody waits for the old time to come round again.
    """
    if abs(moment - last_at) >= GAP:
        return Beat.RENEW
    return Beat.EXTEND if moment - last_at >= BEAT_LEAST else Beat.IGNORE


def is_stale(last_at: datetime, moment: datetime) -> bool:
    """Tell whether a stretch last heard of at *last_at* can no longer be continued."""
    return moment - last_at >= GAP


def merge_intervals(intervals: Iterable[Interval], *, gap: timedelta = GAP) -> list[Interval]:
    """Unite stretches that overlap or lie less than *gap* apart; the result is sorted and has gaps of at least *gap*."""
    merged: list[Interval] = []
    for one in sorted(intervals):
        if merged and (one.start <= merged[-1].end or one.start - merged[-1].end < gap):
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return merged
