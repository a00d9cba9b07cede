"""Slow mode, as a plain function of moments."""

from __future__ import annotations

import math
from datetime import datetime, timedelta


def seconds_to_wait(last_at: datetime | None, slow_seconds: int, moment: datetime) -> int:
    """Return how long somebody who wrote last at *last_at* has to wait before the next line; 0 when they need not."""
    if last_at is None or slow_seconds <= 0:
        return 0
    # A clock that was set back makes nobody wait longer than the pause itself.
    left = min((last_at + timedelta(seconds=slow_seconds) - moment).total_seconds(), slow_seconds)
    return max(0, math.ceil(left))
