"""Upkeep of the inboxes."""

from __future__ import annotations

from social_cme.jobs.queue import job
from social_cme.notifications.services.inbox import settle_inboxes


@job("notifications.settle", every_seconds=3600)
def settle() -> None:
    """Close what was read in its thread, and delete what is old."""
    settle_inboxes()
