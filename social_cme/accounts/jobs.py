"""Housekeeping of accounts."""

from __future__ import annotations

from social_cme.accounts.services.logins import forget_old_logins
from social_cme.accounts.services.tries import forget_old_tries
from social_cme.jobs.queue import job


@job("accounts.forget_old", every_seconds=24 * 3600)
def forget_old() -> None:
    """Delete counters whose window is over, and log-ins and links that ended a while ago."""
    forget_old_tries()
    forget_old_logins()
