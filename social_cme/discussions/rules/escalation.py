"""Who is to be told that something waits: pure arithmetic on how long it waited."""

from __future__ import annotations

from datetime import timedelta

from social_cme.discussions.enums import EscalationLevel


def due_levels(
    waited: timedelta, hours: int, *, mentors_told: bool, coordinators_told: bool
) -> tuple[EscalationLevel, ...]:
    """Return who hears of it now: the mentors after *hours*, the coordinators after twice that; nobody when *hours* is 0."""
    limits = ((EscalationLevel.MENTORS, 1, mentors_told), (EscalationLevel.COORDINATORS, 2, coordinators_told))
    if hours <= 0:
        return ()
    return tuple(level for level, times, told in limits if not told and waited >= timedelta(hours=times * hours))
