"""Scheduled work of live sessions: what nobody pressed a button for."""

from __future__ import annotations

from social_cme.jobs.queue import job
from social_cme.live.services import archiving, attendance, leading, rounds


@job("live.close_stale", every_seconds=30)
def close_stale() -> None:
    """End stretches of attendance that were not heard of any more."""
    attendance.close_stale()


@job("live.end_overdue", every_seconds=300)
def end_overdue() -> None:
    """End sessions that were left running, and finish the threads that a crash left over."""
    leading.end_overdue()
    archiving.archive_ended()


@job("live.keep_time", every_seconds=3)
def keep_time() -> None:
    """Begin and end the rounds of breakouts whose time has come."""
    rounds.catch_up_all()
