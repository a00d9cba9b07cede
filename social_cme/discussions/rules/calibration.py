"""How good somebody's probabilities were.

Rule: only ballots count whose right diagnosis their writer may know; the numbers are for that person alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

BINS = 10


@dataclass(frozen=True, slots=True)
class Forecast:
    """A ballot with what proved right: shares by option in percent, among *options* that were offered."""

    at: datetime
    shares: Mapping[int, int]
    options: Sequence[int]
    right: int

    @property
    def score(self) -> float:
        """Its Brier score."""
        return brier_score({option: self.shares.get(option, 0) / 100 for option in self.options}, self.right)

    @property
    def even_score(self) -> float:
        """The score of giving every option the same share, to compare with."""
        return 1 - 1 / len(self.options)


@dataclass(frozen=True, slots=True)
class Bin:
    """Stated shares of one range (percent, the last one with its end), and how often they proved right."""

    start: int
    end: int
    stated: int
    mean: float
    came_true: int

    @property
    def observed(self) -> float:
        """The percentage that proved right."""
        return 100 * self.came_true / self.stated if self.stated else 0.0


def brier_score(probabilities: Mapping[int, float], right: int) -> float:
    """Return the Brier score of one forecast over several classes: 0 is perfect, 2 is certain and wrong.

    The sum over the classes of (probability - outcome) squared, where the outcome is 1 for the class that occurred and 0 for the
    others; the mean of it over forecasts is P in the original. Source: G. W. Brier, "Verification of forecasts expressed in terms
    of probability", Monthly Weather Review 78 (1950), 1-3, equation 2. (The form for two classes that is often seen has half
    this value.)
    """
    return sum((share - (1.0 if option == right else 0.0)) ** 2 for option, share in probabilities.items())


def mean_score(forecasts: Sequence[Forecast]) -> float | None:
    """Return the mean Brier score, ``None`` for no forecast."""
    return sum(one.score for one in forecasts) / len(forecasts) if forecasts else None


def running_means(forecasts: Sequence[Forecast]) -> list[float]:
    """Return after each forecast, in their order, the mean of all up to it."""
    total, means = 0.0, []
    for number, one in enumerate(forecasts, start=1):
        total += one.score
        means.append(total / number)
    return means


def reliability(forecasts: Iterable[Forecast]) -> list[Bin]:
    """Return ten ranges of stated shares: each option of each forecast counts once, in the range of the share it was given."""
    stated: list[list[int]] = [[] for _ in range(BINS)]
    true = [0] * BINS
    for one in forecasts:
        for option in one.options:
            share = one.shares.get(option, 0)
            place = min(share * BINS // 100, BINS - 1)
            stated[place].append(share)
            true[place] += option == one.right
    width = 100 // BINS
    return [
        Bin(
            start=place * width,
            end=(place + 1) * width,
            stated=len(shares),
            mean=sum(shares) / len(shares) if shares else 0.0,
            came_true=true[place],
        )
        for place, shares in enumerate(stated)
    ]
