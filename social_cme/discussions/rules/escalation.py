"""Who is to be told that something waits: pure arithmetic on how long it waited."""

from __future__ import annotations

from datetime import datetime, timedelta

from social_cme.discussions.enums import EscalationLevel


def due_levels(
    waited: timedelta, hours: int, *, mentors_told: bool, coordinators_told: bool
) -> tuple[EscalationLevel, ...]:
    """Return who hears of it now: the mentors after *hours*, the coordinators after twice that; nobody when *hours* is 0."""
    limits = ((EscalationLevel.MENTORS, 1, mentors_told), (EscalationLevel.COORDINATORS, 2, coordinators_told))
    if hours <= 0:
        return ()
    return tuple(level for level, times, told in limits if not told and waited >= timedelta(hours=times * hours))


def waited(asked_at: datetime, due_at: datetime | None, hours: int, moment: datetime) -> timedelta:
    """Return how long something counts as waiting: where a day was named, *hours* have passed when that day has come."""
    return moment - asked_at if due_at is None else moment - due_at + timedelta(hours=hours)
