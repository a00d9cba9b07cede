"""Scheduled work: reminders that have come."""

from __future__ import annotations

from social_cme.jobs.queue import job
from social_cme.keeping.services.bookmarks import send_due_reminders


@job("keeping.remind", every_seconds=60)
def remind() -> None:
    """Send the reminders that have come."""
    send_due_reminders()
