"""Scheduled work of live sessions: what nobody pressed a button for."""

from __future__ import annotations

from social_cme.jobs.queue import job
from social_cme.live.services import archiving, attendance, hands, leading, polling, rendering, rounds, slides


@job("live.close_stale", every_seconds=30)
def close_stale() -> None:
    """End stretches of attendance that were not heard of any more."""
    attendance.close_stale()


@job("live.end_overdue", every_seconds=300)
def end_overdue() -> None:
    """End sessions that were left running, and finish the threads that a crash left over."""
    leading.end_overdue()
    archiving.archive_ended()


@job("live.close_polls", every_seconds=5)
def close_polls() -> None:
    """End the polls whose time is up."""
    polling.close_due()


@job("live.lower_gone_hands", every_seconds=30)
def lower_gone_hands() -> None:
    """Take down the hands of people who left."""
    hands.lower_gone()


@job("live.render_slides")
def render_slides(deck_id: int) -> None:
    """Make pictures of the pages of slides."""
    rendering.render_deck(deck_id)


@job("live.clean_slides")
def clean_slides(deck_id: int) -> None:
    """Remove the files of slides that are not needed any more."""
    slides.clean_deck(deck_id)


@job("live.finish_slides", every_seconds=60)
def finish_slides() -> None:
    """Go on with slides that a restart interrupted, and remove files that are still there."""
    rendering.finish_unfinished()
    slides.clean_up()


@job("live.keep_time", every_seconds=3)
def keep_time() -> None:
    """Begin and end the rounds of breakouts whose time has come."""
    rounds.catch_up_all()
