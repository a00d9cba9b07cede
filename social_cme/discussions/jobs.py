"""Scheduled work of discussions: what nobody pressed a button for."""

from __future__ import annotations

from social_cme.discussions.services.escalating import escalate_overdue
from social_cme.jobs.queue import job


@job("discussions.escalate", every_seconds=300)
def escalate() -> None:
    """Tell mentors and coordinators of what waits too long."""
    escalate_overdue()
