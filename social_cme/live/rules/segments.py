"""The agenda: what may stand in it, and what its minutes add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from social_cme.live.enums import SegmentKind

MAX_SEGMENTS = 30
MAX_SEGMENT_TITLE = 120
MAX_SEGMENT_MINUTES = 720
# The Royal College of Physicians and Surgeons of Canada (MOC section 1) wants a quarter of the time interactive.
INTERACTIVE_MARK = 25


class Timed(Protocol):
    """Something with planned minutes."""

    @property
    def minutes(self) -> int:
        """Planned minutes."""

    @property
    def countable(self) -> bool:
        """Whether time in it counts as attended."""

    @property
    def interactive(self) -> bool:
        """Whether people talk in it rather than listen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPlan:
    """A line of the agenda as its host writes it; ``id`` names one that is there already."""

    title: str
    minutes: int
    kind: str = SegmentKind.OTHER
    countable: bool = True
    interactive: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class AgendaSums:
    """What the planned minutes add up to; the interactive share is of the countable minutes."""

    minutes: int
    countable: int
    interactive: int

    @property
    def percent(self) -> int:
        """The interactive share in whole percent, cut."""
        return 100 * self.interactive // self.countable if self.countable else 0

    @property
    def meets_mark(self) -> bool:
        """Whether a quarter of the countable minutes is interactive."""
        return self.countable > 0 and 100 * self.interactive >= INTERACTIVE_MARK * self.countable


def counts_by_default(kind: str) -> bool:
    """Tell whether time in a segment of this kind counts unless its host says otherwise: everything but a break."""
    return kind != SegmentKind.BREAK


def sum_agenda(segments: Iterable[Timed]) -> AgendaSums:
    """Add the planned minutes up."""
    known = list(segments)
    counted = [one for one in known if one.countable]
    return AgendaSums(
        minutes=sum(one.minutes for one in known),
        countable=sum(one.minutes for one in counted),
        interactive=sum(one.minutes for one in counted if one.interactive),
    )


def agenda_problems(segments: Sequence[SegmentPlan], *, session_minutes: int) -> list[str]:
    """Return what is wrong with an agenda, line by line and as a whole."""
    problems: list[str] = []
    if len(segments) > MAX_SEGMENTS:
        problems.append(f"An agenda can have at most {MAX_SEGMENTS} segments.")
    for number, one in enumerate(segments, start=1):
        problems += [f"Segment {number}: {words}" for words in _line_problems(one)]
    if len({one.id for one in segments if one.id is not None}) < sum(one.id is not None for one in segments):
        problems.append("The same segment stands in the agenda twice.")
    total = sum(one.minutes for one in segments)
    if not problems and total > session_minutes:
        problems.append(
            f"The agenda has {total} minutes and the session {session_minutes}. Shorten a segment or end the session later."
        )
    return problems


def _line_problems(one: SegmentPlan) -> list[str]:
    problems: list[str] = []
    if not one.title:
        problems.append("give it a title.")
    elif len(one.title) > MAX_SEGMENT_TITLE:
        problems.append(f"its title can have at most {MAX_SEGMENT_TITLE} characters.")
    if not 1 <= one.minutes <= MAX_SEGMENT_MINUTES:
        problems.append(f"its minutes are a number from 1 to {MAX_SEGMENT_MINUTES}.")
    if one.kind not in set(SegmentKind):
        problems.append("choose what kind it is.")
    return problems
