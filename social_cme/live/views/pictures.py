"""Turns attendance into what the charts draw: words, percentages and lanes.

Rule: nothing is counted here; the numbers come from the rules and the queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from social_cme.core import clock
from social_cme.live.enums import Reckoned
from social_cme.live.models import LiveSession
from social_cme.live.queries.counting import Account
from social_cme.live.queries.records import Attendee
from social_cme.live.rules import FOREVER, RESPONSE_GROUPS, group_counts
from social_cme.web.templating import local_time, reader_zone

WORDS = {
    Reckoned.COUNTED: "Counted",
    Reckoned.PAUSE: "Pause of the session",
    Reckoned.BREAK: "Segment that does not count",
    Reckoned.UNANSWERED: "No sign of life",
    Reckoned.OVERLAP: "Counted in another session",
    Reckoned.GAP: "Not connected",
}
_MINUTE_GROUPS = (10 * 60, 20 * 60, 30 * 60, 45 * 60, 60 * 60)


@dataclass(frozen=True, slots=True)
class MinutesPicture:
    """Somebody's time in a session as a line, with its table; ``sums`` are what was counted and what was taken."""

    spans: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    sums: list[tuple[str, str]]
    total: str


def minutes_picture(session: LiveSession, account: Account) -> MinutesPicture:
    """Draw how somebody's minutes came about over the time that the session really ran."""
    frame = account.frame
    start = min([frame.start, *(one.start for one in account.pieces[:1])])
    end = frame.end if frame.end != FOREVER else max(clock.now(), *(one.end for one in account.pieces), session.ends_at)
    if start == FOREVER:
        start, end = session.starts_at, session.ends_at
    spans = [
        {**_place(one.start, one.end, start, end), "state": one.state, "text": _words(one.state, one.start, one.end)}
        for one in account.pieces
        if one.state != Reckoned.GAP
    ]
    rows = [
        {
            "start": to_second(one.start),
            "end": to_second(one.end),
            "state": one.state,
            "words": WORDS[one.state],
            "length": exact(one.seconds),
        }
        for one in account.pieces
    ]
    taken = [(WORDS[state], account.taken(state)) for state in Reckoned if state != Reckoned.COUNTED]
    return MinutesPicture(
        spans=spans,
        marks=_marks(start, end),
        rows=rows,
        sums=[(words, exact(seconds)) for words, seconds in taken if seconds],
        total=exact(account.seconds),
    )


def over_time(moments: Sequence[tuple[datetime, int]]) -> list[dict[str, Any]]:
    """Return a column for each moment with how many people were there."""
    return [{"label": local_time(at), "value": people} for at, people in moments]


def minute_bars(attendees: Iterable[Attendee]) -> list[dict[str, Any]]:
    """Return how many people attended for how long."""
    labels = ("under 10", "10 to 19", "20 to 29", "30 to 44", "45 to 59", "60+")
    counts = group_counts((one.seconds for one in attendees), _MINUTE_GROUPS)
    return [{"label": words, "value": count} for words, count in zip(labels, counts, strict=True)]


def response_bars(responses: Iterable[int]) -> list[dict[str, Any]]:
    """Return how many questions waited for how long."""
    labels = ("under 2", "2 to 4", "5 to 9", "10 to 19", "20+")
    counts = group_counts(responses, RESPONSE_GROUPS)
    return [{"label": words, "value": count} for words, count in zip(labels, counts, strict=True)]


def to_second(moment: datetime) -> str:
    """Write a moment as the reader's time of day, to the second."""
    return f"{clock.utc_to_local(moment, reader_zone()):%H:%M:%S}"


def exact(seconds: int) -> str:
    """Write a duration to the second."""
    return f"{seconds // 60} min {seconds % 60:02d} s"


def _words(state: Reckoned, start: datetime, end: datetime) -> str:
    return f"{WORDS[state]}: {local_time(start)} to {local_time(end)}"


def _marks(start: datetime, end: datetime) -> list[dict[str, Any]]:
    middle = start + (end - start) / 2
    return [{"left": left, "text": local_time(at)} for left, at in ((0, start), (50, middle), (100, end))]


def _place(start: datetime, end: datetime, first: datetime, last: datetime) -> dict[str, float]:
    whole = max((last - first) / timedelta(seconds=1), 1.0)
    left = min(max(100 * ((start - first) / timedelta(seconds=1)) / whole, 0.0), 100.0)
    # A piece of seconds in a long session would otherwise be too thin to see.
    width = max(100 * ((end - start) / timedelta(seconds=1)) / whole, 0.5)
    return {"left": round(left, 2), "width": round(min(width, 100 - left), 2)}
