"""What ballots add up to, and who sees it when, as plain functions of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from social_cme.discussions.rules.calibration import brier_score
from social_cme.live.enums import PollKind, PollState, ResultsWhen, Reveal
from social_cme.live.rules.polls import Count, Shape

# Fewer anonymous ballots than this would tell who voted what to somebody who looks around the room.
ANONYMOUS_LEAST = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the results: ``value`` is what is told, ``percent`` how long the bar is."""

    place: int
    value: float
    percent: float
    count: int
    firsts: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The results of one round."""

    bars: Sequence[Bar]
    mean: float | None = None
    median: float | None = None


# ------------------------------------------------------------------ what ballots add up to


def summarize(shape: Shape, counts: Mapping[int, Count], voters: int) -> Summary:
    """Return the results of one round from its counters; nobody having voted gives noughts.

    Ranking: Borda points, where first of n gets n - 1 and last none; the bar is the share of the most that was possible.
    Differential: the mean likelihood. Others: how many chose it, and which share of those who voted.
    """
    bars = []
    for place in shape.places:
        one = counts.get(place, Count())
        if shape.kind == PollKind.DIFFERENTIAL:
            value = one.weight / voters if voters else 0.0
            percent = value
        elif shape.kind == PollKind.RANKING:
            value = float(one.weight)
            most = voters * (shape.option_count - 1)
            percent = 100 * value / most if most else 0.0
        else:
            value = float(one.count)
            percent = 100 * value / voters if voters else 0.0
        bars.append(Bar(place, round(value, 1), round(percent, 1), one.count, one.firsts))
    if shape.kind == PollKind.SCALE:
        return Summary(bars, mean_of(counts), median_of(counts))
    return Summary(bars)


def mean_of(counts: Mapping[int, Count]) -> float | None:
    """Return the mean of a histogram to two places, ``None`` for an empty one."""
    total = sum(one.count for one in counts.values())
    return round(sum(value * one.count for value, one in counts.items()) / total, 2) if total else None


def median_of(counts: Mapping[int, Count]) -> float | None:
    """Return the median of a histogram; between two values it is their mean."""
    total = sum(one.count for one in counts.values())
    if not total:
        return None

    def at(rank: int) -> int:
        seen = 0
        for value in sorted(counts):
            seen += counts[value].count
            if seen >= rank:
                return value
        raise AssertionError("a rank above the total")

    return (at((total + 1) // 2) + at(total // 2 + 1)) / 2


def own_score(kept: Mapping[str, Any], correct: Sequence[int], *, option_count: int) -> float | None:
    """Return the Brier score of one's own differential ballot, ``None`` while nothing proved right or for other ballots."""
    if len(correct) != 1 or "shares" not in kept:
        return None
    shares = {place: kept["shares"].get(str(place), 0) / 100 for place in range(1, option_count + 1)}
    return round(brier_score(shares, correct[0]), 2)


# ------------------------------------------------------------------ who sees what, and when


def state_after(*, two_rounds: bool, number: int) -> PollState:
    """Tell where a poll stands when its round has ended: between two rounds people discuss."""
    return PollState.DISCUSSING if two_rounds and number == 1 else PollState.CLOSED


def present_state(
    state: str, *, ends_at: datetime | None, two_rounds: bool, number: int, moment: datetime
) -> PollState:
    """Tell where a poll stands at *moment*, also when its time is up and nobody has closed it yet."""
    if state == PollState.OPEN and ends_at is not None and ends_at <= moment:
        return state_after(two_rounds=two_rounds, number=number)
    return PollState(state)


def shows_results(*, state: str, when: str, reveal: str, voted: bool) -> bool:
    """Tell whether a participant may see the results; the same for everybody but in polls that show them after voting."""
    if state == PollState.DRAFT or reveal == Reveal.HIDDEN:
        return False
    if state == PollState.CLOSED or reveal == Reveal.SHOWN or when == ResultsWhen.LIVE:
        return True
    return when == ResultsWhen.VOTED and voted


def shows_solution(*, state: str, reveal: str) -> bool:
    """Tell whether the right answer and the rationale may leave the server: after the last round only."""
    return state == PollState.CLOSED and reveal != Reveal.HIDDEN


def enough_voters(*, is_anonymous: bool, voters: int) -> bool:
    """Tell whether results can be told without telling who voted what."""
    return not is_anonymous or voters >= ANONYMOUS_LEAST or voters == 0
