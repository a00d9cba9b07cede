"""By when what was left open in a session is to be answered."""

from __future__ import annotations

from datetime import datetime, timedelta

FOLLOW_UP = timedelta(days=7)


def due_date(ended_at: datetime) -> datetime:
    """Return by when a question that a session left open is to have an answer: a week after its end."""
    return ended_at + FOLLOW_UP
