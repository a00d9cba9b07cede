"""Wakes the delivery of facts to their listeners after each commit that made one, and sweeps up what a crash left.

Rule: however many commits happen while a delivery runs, one further run follows.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import structlog
from flask import current_app

from social_cme.jobs.queue import JOBS, JobQueue, job
from social_cme.persistence.delivery import deliver_pending
from social_cme.persistence.facts import FactRecord, has_listener

log = structlog.get_logger(__name__)

# Set while something waits for listeners; the runner of this process sleeps on it.
facts_waiting = threading.Event()


@job("jobs.deliver_facts", every_seconds=10)
def deliver_facts() -> None:
    """Bring waiting facts to their listeners."""
    queue: JobQueue = current_app.extensions["jobs"]
    queue.forget_wish(JOBS["jobs.deliver_facts"])
    deliver_pending()


def wake_delivery(records: Sequence[FactRecord]) -> None:
    """Ask for a delivery soon, when anybody listens to these facts; called after the commit."""
    if not any(has_listener(record.kind) for record in records):
        return
    queue: JobQueue = current_app.extensions["jobs"]
    if queue.settings.environment == "testing":
        return  # Tests deliver when they say so.
    if queue.settings.jobs == "embedded":
        facts_waiting.set()
    else:
        queue.wish_once(JOBS["jobs.deliver_facts"], seconds=10)
