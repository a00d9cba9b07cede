"""Scheduled work of cohorts: what the calendar sets off."""

from __future__ import annotations

from social_cme.cohorts.services import announcing, assignment
from social_cme.jobs.queue import job


@job("cohorts.tell", every_seconds=300)
def tell() -> None:
    """Tell members that units have opened and that work is due in two days."""
    announcing.tell_openings()
    announcing.tell_due_soon()


@job("cohorts.start_feedback", every_seconds=300)
def start_feedback() -> None:
    """Give the work of challenges that are due out to be read."""
    assignment.start_due_feedback()
