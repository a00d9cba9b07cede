"""How attended time becomes counted time: what was heard, minus pauses, breaks, unanswered prompts and overlaps.

Rules, in this order; each takes only from what the ones before have left:

1. A person is there from the first sign of an open page to the last; gaps of 90 s and more are not.
2. A pause of the session does not count, and neither does a segment that its host marked as not countable.
3. Where a session asks "Are you still here?" every N minutes: when more than N minutes and three of grace have passed without
   a sign of life (anything written, a vote, an answer, the button), the time since the last sign does not count. Pauses and
   breaks do not run that clock. Arriving is the first sign; coming back after a gap is none.
4. In two sessions at once, a minute goes to the one that was heard first: to the stretch of presence that began earlier and,
   of two that began in the same second, to the session that was planned earlier. What does not count there is free for the other.

Every moment is taken as a whole second of the server's clock, so that the pieces always add up to the whole.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from social_cme.live.enums import Reckoned
from social_cme.live.rules.attendance import Interval, merge_intervals

FOREVER = datetime.max.replace(tzinfo=UTC)
STILL_HERE_GRACE = timedelta(minutes=3)
STILL_HERE_LEAST = 5
STILL_HERE_MOST = 60
_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class Frame:
    """What a session says about its own time; ``end`` is ``FOREVER`` while it runs."""

    session_id: int
    start: datetime
    end: datetime
    pauses: tuple[Interval, ...] = ()
    breaks: tuple[Interval, ...] = ()
    interactive: tuple[Interval, ...] = ()
    ask_every: timedelta | None = None


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """What a stretch of presence in a session would count for; the smaller of two comes first."""

    first: datetime
    session_id: int
    stretches: tuple[Interval, ...]

    @property
    def rank(self) -> tuple[datetime, int]:
        """What decides between two sessions at once."""
        return self.first, self.session_id


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A piece of somebody's time in a session and what became of it."""

    start: datetime
    end: datetime
    state: Reckoned

    @property
    def seconds(self) -> int:
        """Its length."""
        return (self.end - self.start) // timedelta(seconds=1)


def whole_second(moment: datetime) -> datetime:
    """Return the second that a moment lies in."""
    return moment.replace(microsecond=0)


def cut(base: Iterable[Interval], minus: Iterable[Interval]) -> list[Interval]:
    """Return what of *base* (sorted, apart) is left without *minus*; empty pieces vanish."""
    left = [one for one in base if one.end > one.start]
    for hole in minus:
        if hole.end <= hole.start:
            continue
        kept: list[Interval] = []
        for one in left:
            if hole.end <= one.start or hole.start >= one.end:
                kept.append(one)
                continue
            if one.start < hole.start:
                kept.append(Interval(one.start, hole.start))
            if hole.end < one.end:
                kept.append(Interval(hole.end, one.end))
        left = kept
    return left


def common(base: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """Return what *base* (sorted, apart) shares with *other*."""
    stretches = list(base)
    return cut(stretches, cut(stretches, other))


def length(intervals: Iterable[Interval]) -> int:
    """Return the whole seconds of stretches that lie apart."""
    return sum((one.end - one.start for one in intervals), _NONE) // timedelta(seconds=1)


def presence(frame: Frame, heard: Iterable[Interval]) -> list[Interval]:
    """Return when somebody was there, within the session, in stretches that lie apart."""
    united = merge_intervals(Interval(whole_second(one.start), whole_second(one.end)) for one in heard)
    clipped = (Interval(max(one.start, frame.start), min(one.end, frame.end)) for one in united)
    return [one for one in clipped if one.end > one.start]


def unconfirmed(there: Sequence[Interval], signs: Iterable[datetime], *, every: timedelta) -> list[Interval]:
    """Return what of *there* lies between two signs of life that are too far apart; the way from the last sign on too."""
    runs = _runs(there, signs)
    return sorted(one for run in runs.values() if _sum(run) > every + STILL_HERE_GRACE for one in run)


def quiet_for(there: Sequence[Interval], signs: Iterable[datetime]) -> timedelta:
    """Return how long somebody has been there without a sign of life."""
    marks = sorted(signs)
    return _sum(_runs(there, marks).get(len(marks), []))


def claims(frame: Frame, heard: Iterable[Interval], signs: Iterable[datetime]) -> list[Claim]:
    """Return what each stretch of somebody's presence in a session would count for, were there no other session."""
    stretches = presence(frame, heard)
    free = _eligible(frame, stretches, signs)
    return [Claim(one.start, frame.session_id, tuple(common([one], free))) for one in stretches]


def reckon(
    frame: Frame, heard: Iterable[Interval], signs: Iterable[datetime], rivals: Iterable[Claim] = ()
) -> list[Piece]:
    """Return somebody's time in a session piece by piece, in order, gaps included; *rivals* are claims of other sessions."""
    there = presence(frame, heard)
    found = [Piece(one.start, one.end, Reckoned.GAP) for one in _between(there)]
    left = there
    for state, holes in ((Reckoned.PAUSE, frame.pauses), (Reckoned.BREAK, frame.breaks)):
        left = _take(found, left, holes, state)
    if frame.ask_every is not None:
        left = _take(found, left, unconfirmed(left, signs, every=frame.ask_every), Reckoned.UNANSWERED)
    known = sorted(rivals)
    for one in there:
        stronger = [piece for claim in known if claim.rank < (one.start, frame.session_id) for piece in claim.stretches]
        mine = _take(found, common([one], left), stronger, Reckoned.OVERLAP)
        found += [Piece(piece.start, piece.end, Reckoned.COUNTED) for piece in mine]
    return _joined(sorted(found))


def counted(pieces: Iterable[Piece]) -> list[Interval]:
    """Return the stretches that count."""
    return [Interval(one.start, one.end) for one in pieces if one.state == Reckoned.COUNTED]


def _eligible(frame: Frame, there: list[Interval], signs: Iterable[datetime]) -> list[Interval]:
    left = cut(there, (*frame.pauses, *frame.breaks))
    return cut(left, unconfirmed(left, signs, every=frame.ask_every)) if frame.ask_every is not None else left


def _take(found: list[Piece], left: list[Interval], holes: Iterable[Interval], state: Reckoned) -> list[Interval]:
    """Note what *holes* take of *left*, and return the rest."""
    rest = cut(left, holes)
    found += [Piece(one.start, one.end, state) for one in cut(left, rest)]
    return rest


def _runs(there: Sequence[Interval], signs: Iterable[datetime]) -> dict[int, list[Interval]]:
    """Share presence among the times between two signs, by how many signs came before."""
    marks = sorted(signs)
    runs: dict[int, list[Interval]] = {}
    for one in there:
        start = one.start
        while start < one.end:
            passed = bisect_right(marks, start)
            end = min(one.end, marks[passed]) if passed < len(marks) else one.end
            runs.setdefault(passed, []).append(Interval(start, end))
            start = end
    return runs


def _sum(intervals: Iterable[Interval]) -> timedelta:
    return sum((one.end - one.start for one in intervals), _NONE)


def _between(stretches: Sequence[Interval]) -> list[Interval]:
    return [Interval(before.end, after.start) for before, after in itertools.pairwise(stretches)]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for one in pieces:
        if joined and joined[-1].state == one.state and joined[-1].end == one.start:
            joined[-1] = Piece(joined[-1].start, one.end, one.state)
        else:
            joined.append(one)
    return joined
