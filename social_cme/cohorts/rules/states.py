"""Where a unit or a challenge stands, by the clock and by what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from social_cme.cohorts.enums import ChallengePhase, UnitState

DUE_SOON = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody has to do by a time."""

    key: str
    due_at: datetime
    is_overdue: bool


def unit_state(*, opens_at: datetime, due_at: datetime, done: int, total: int, moment: datetime) -> UnitState:
    """Tell where a unit stands; one without a list has nothing to tick off and is never overdue."""
    if moment < opens_at:
        return UnitState.LOCKED
    if total and done >= total:
        return UnitState.DONE
    return UnitState.OVERDUE if total and moment >= due_at else UnitState.OPEN


def challenge_phase(*, opens_at: datetime, due_at: datetime, feedback_at: datetime, moment: datetime) -> ChallengePhase:
    """Tell which part of a challenge the clock is in."""
    if moment < opens_at:
        return ChallengePhase.AHEAD
    if moment < due_at:
        return ChallengePhase.WORK
    return ChallengePhase.FEEDBACK if moment < feedback_at else ChallengePhase.OVER


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Return what is due next first: the overdue ones, the longest waiting before the others."""
    return sorted(steps, key=lambda step: (step.due_at, step.key))


def reads_feedback(*, moment: datetime, feedback_at: datetime, asked: int, given: int) -> bool:
    """Tell whether a team may read what others said of its work: from the feedback date on, or once it gave its own."""
    return moment >= feedback_at or (asked > 0 and given >= asked)
