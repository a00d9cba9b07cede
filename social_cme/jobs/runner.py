"""Runs what the queue holds, the schedule and the delivery of facts: inside the server, or in ``flask jobs work``.

Rule: each scheduled job has a thread of its own, so a slow one neither piles up nor holds up another. Under eventlet these
are green threads.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog
from flask import Flask
from huey.consumer import Consumer

from config import Settings
from social_cme.jobs import mailer as _mailer  # noqa: F401 - registers its jobs
from social_cme.jobs.delivery import deliver_facts, facts_waiting
from social_cme.jobs.queue import JOBS, Job, JobQueue

log = structlog.get_logger(__name__)

WORKERS = 2
STOP_SECONDS = 10


class QuietConsumer(Consumer):  # type: ignore[misc]
    """Huey's consumer without signal handlers of its own: the process decides when it stops."""

    def _set_signal_handlers(self) -> None:
        return


class JobRunner:
    """The threads that do the work of one application."""

    def __init__(self, app: Flask, *, workers: int = WORKERS) -> None:
        self.app = app
        self.queue: JobQueue = app.extensions["jobs"]
        self.stopping = threading.Event()
        self.consumer = QuietConsumer(self.queue.huey, workers=workers, periodic=False, max_delay=1.0)
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work; returns at once."""
        self.consumer.start()
        for job in JOBS.values():
            if job.every_seconds is not None:
                self._thread(f"schedule-{job.name}", self._keep_schedule, job, job.every_seconds)
        self._thread("deliver", self._deliver_when_woken)
        self._thread("watch-workers", self._watch_workers)

    def stop(self) -> None:
        """Finish the jobs that are running, for ten seconds at most, and stop."""
        self.stopping.set()
        facts_waiting.set()
        self.consumer.shutdown_timeout = STOP_SECONDS
        self.consumer.stop(graceful=True)

    def _thread(self, name: str, target: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=target, name=name, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _keep_schedule(self, job: Job, seconds: int) -> None:
        """Run *job* at once, to pick up what a crash left, and then whenever its time comes."""
        while not self.stopping.is_set():
            begun = time.monotonic()
            self._run_turn(job, seconds)
            self.stopping.wait(max(1.0, seconds - (time.monotonic() - begun)))

    def _run_turn(self, job: Job, seconds: int) -> None:
        with self.app.app_context():
            try:
                if self.queue.claim_turn(job.name, seconds=seconds):
                    job.function()
            except Exception:
                # The next turn is the retry.
                log.exception("scheduled_job_failed", job=job.name)

    def _deliver_when_woken(self) -> None:
        while not self.stopping.is_set():
            facts_waiting.wait()
            facts_waiting.clear()
            if self.stopping.is_set():
                return
            with self.app.app_context():
                try:
                    deliver_facts()
                except Exception:
                    # The sweep comes back to what is left.
                    log.exception("delivery_failed")

    def _watch_workers(self) -> None:
        while not self.stopping.wait(10):
            self.consumer.check_worker_health()


def bind_jobs(app: Flask, settings: Settings) -> None:
    """Give *app* its queue; importing this module registered the jobs that belong to no feature."""
    app.extensions["jobs"] = JobQueue(app, settings)
