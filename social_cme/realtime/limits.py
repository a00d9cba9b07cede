"""How much one client may ask for: a bucket of tokens that fills up again by itself.

Rule: the clock is the monotonic one, so that setting the server's time gives nobody anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from social_cme.core.errors import Unavailable

LONGEST_WAIT = 20.0


class Allowance:
    """At most *capacity* at once, and no more than *capacity* in *per_seconds* over time."""

    __slots__ = ("_at", "_left", "capacity", "rate")

    def __init__(self, capacity: float, *, per_seconds: float) -> None:
        self.capacity = capacity
        self.rate = capacity / per_seconds
        self._left = capacity
        self._at = time.monotonic()

    def take(self, cost: float = 1.0) -> bool:
        """Take *cost* tokens if they are there; who is refused pays nothing."""
        self._fill()
        if self._left < cost:
            return False
        self._left -= cost
        return True

    def wait_seconds(self, cost: float = 1.0) -> float:
        """Return after how many seconds *cost* tokens will be there."""
        self._fill()
        return max(0.0, (cost - self._left) / self.rate)

    @property
    def is_full(self) -> bool:
        """Whether nothing was taken for so long that forgetting this allowance changes nothing."""
        self._fill()
        return self._left >= self.capacity

    def _fill(self) -> None:
        moment = time.monotonic()
        self._left = min(self.capacity, self._left + (moment - self._at) * self.rate)
        self._at = moment


class Turns:
    """Lets so many be at work at once; the others wait for their turn, and are told to come again when that takes too long.

    Whoever has a turn lets everybody else have theirs before it begins: a hundred sockets that are readable in the same moment
    would otherwise be served one after the other without a pause, since SQLite never yields, and a page would wait for all.
    """

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for a turn; raise ``Unavailable`` after twenty seconds."""
        if not self._free.acquire(timeout=LONGEST_WAIT):
            raise Unavailable
        try:
            time.sleep(0)
            yield
        finally:
            self._free.release()


class Hush:
    """Lets one log line through in a while and counts the others, so that an attack cannot fill the disk."""

    def __init__(self, *, seconds: float = 10.0) -> None:
        self._allowance = Allowance(1, per_seconds=seconds)
        self._suppressed = 0

    def speak(self) -> int | None:
        """Return how many lines were held back since the last one, or ``None`` when this one is held back too."""
        if not self._allowance.take():
            self._suppressed += 1
            return None
        held_back, self._suppressed = self._suppressed, 0
        return held_back
