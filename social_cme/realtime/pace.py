"""When a channel's messages go out: at once while it is quiet, together once in a tick while it is busy.

Rule: a tick is ten milliseconds, and longer where sending takes long: in the long run a channel takes no more than two fifths of
the processor for being sent, so that a crowd that votes does not keep the pages from loading. What it has not used it may use
at once, up to a bound, so that a few lines of chat after one another are not held up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from social_cme.persistence.facts import FactRecord

TICK = 0.010
LONGEST_TICK = 0.25
SHARE = 0.4
AT_ONCE = 0.04  # seconds of sending

Send = Callable[[str, Sequence[FactRecord]], None]
Later = Callable[[float, str], object]


@dataclass(slots=True)
class _Pace:
    """What is known of one channel."""

    free_at: float = 0.0
    credit: float = AT_ONCE
    counted_at: float = 0.0
    waiting: list[FactRecord] = field(default_factory=list)
    is_due: bool = False


class Pacer:
    """Collects the facts of busy channels until their next tick.

    ``send(channel, facts)`` sends them; ``later(seconds, channel)`` has ``flush(channel)`` called after that time. Without
    ``later`` everything goes out at once.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.reset(None)

    def reset(self, later: Later | None) -> None:
        """Begin anew with nothing collected."""
        self._later = later
        self._paces: dict[str, _Pace] = {}

    def take(self, channel: str, facts: Sequence[FactRecord]) -> None:
        """Send the facts of a commit, now or with the next tick."""
        if self._later is None:
            self._send(channel, facts)
            return
        pace = self._paces.setdefault(channel, _Pace())
        wait = pace.free_at - time.monotonic()
        if not pace.is_due and wait <= 0:
            self._send_now(pace, channel, facts)
            return
        pace.waiting.extend(facts)
        if not pace.is_due:
            pace.is_due = True
            self._later(wait, channel)

    def flush(self, channel: str) -> None:
        """Send what has collected; in the order of the numbers, whichever commit was told first."""
        pace = self._paces.get(channel)
        if pace is None:
            return
        facts, pace.waiting, pace.is_due = sorted(pace.waiting, key=lambda fact: fact.seq), [], False
        if facts:
            self._send_now(pace, channel, facts)

    def forget_quiet(self) -> None:
        """Drop what is known of channels that have nothing to send."""
        moment = time.monotonic()
        for channel in [name for name, one in self._paces.items() if not one.is_due and one.free_at < moment]:
            del self._paces[channel]

    def _send_now(self, pace: _Pace, channel: str, facts: Sequence[FactRecord]) -> None:
        # To read the rows may give others their turn; what they publish meanwhile belongs to the next tick.
        pace.free_at = time.monotonic() + TICK
        begun = time.process_time()
        try:
            self._send(channel, facts)
        finally:
            pace.free_at = time.monotonic() + _pause_after(pace, time.process_time() - begun)


def _pause_after(pace: _Pace, took: float) -> float:
    """Take *took* seconds of sending from what a channel may use, and return the seconds until it may send again."""
    moment = time.monotonic()
    saved = min(AT_ONCE, pace.credit + SHARE * (moment - pace.counted_at))
    pace.credit, pace.counted_at = max(saved - took, -SHARE * LONGEST_TICK), moment
    return max(TICK, -pace.credit / SHARE)
