"""What somebody has done, counted from values in hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    done: int = 0
    total: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether there was something to do and all of it is done."""
        return self.total > 0 and self.done >= self.total

    @property
    def level(self) -> int:
        """Shade of the picture, 0 to 4."""
        if not self.total or not self.done:
            return 0
        return 4 if self.is_complete else 1 + 3 * self.done // self.total


def sum_of(shares: Iterable[Share]) -> Share:
    """Add shares up."""
    known = list(shares)
    return Share(sum(one.done for one in known), sum(one.total for one in known))
