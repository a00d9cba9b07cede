"""The job queue on huey: a SQLite file beside the database by default, Redis when configured.

Rule: a job carries ids and may run twice. What matters has a row of its own and a sweep that finds it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import structlog
from flask import Flask, current_app
from huey import MemoryHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from redis import BlockingConnectionPool, Redis

from config import Settings

log = structlog.get_logger(__name__)

JobFunction = Callable[..., None]
MAX_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Job:
    """A named function that the queue can run."""

    name: str
    function: JobFunction
    every_seconds: int | None = None


JOBS: dict[str, Job] = {}


def job(name: str, *, every_seconds: int | None = None) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job *name* (``feature.verb``), run on a schedule when *every_seconds* is given.

    A scheduled job is called without arguments. It must not mind being called twice for the same moment.
    """

    def decorate(function: JobFunction) -> JobFunction:
        JOBS[name] = Job(name, function, every_seconds)
        return function

    return decorate


def enqueue(name: str, **arguments: Any) -> None:
    """Put a job on the queue; call it after the commit (``tx.after_commit``), never inside a transaction.

    Arguments are ids and other plain values. Raises ``KeyError`` for a job that nobody registered.
    """
    queue: JobQueue = current_app.extensions["jobs"]
    queue.put(JOBS[name], arguments)


class JobQueue:
    """The queue of one application; in tests every job runs at once, in the thread that asks for it."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    @cached_property
    def huey(self) -> Any:
        """The queue proper; opened when it is first used, so that the command line leaves no files behind."""
        # Signed, because huey stores pickles: who can write to the queue's storage must not be able to run code here.
        common = {"results": False, "serializer": SignedSerializer(self.settings.secret_key, salt="social-cme.jobs")}
        if self.settings.environment == "testing" and not self.settings.redis_url:
            huey = MemoryHuey("social-cme", immediate=True, **common)
        elif self.settings.redis_url:
            huey = RedisHuey("social-cme", connection_pool=self.redis_pool, **common)
        else:
            path = self.settings.instance_path / "jobs.sqlite3"
            huey = SqliteHuey("social-cme", filename=str(path), timeout=1, strict_fifo=True, **common)
        self._task = huey.task(name="run_job")(self.run)
        return huey

    @cached_property
    def redis_pool(self) -> BlockingConnectionPool:
        """Connections to Redis; who finds all of them taken waits instead of failing."""
        return BlockingConnectionPool.from_url(
            self.settings.redis_url, max_connections=50, timeout=5, socket_connect_timeout=2, socket_timeout=10
        )

    def put(self, job: Job, arguments: dict[str, Any], *, attempt: int = 1, delay: timedelta | None = None) -> None:
        """Store a call of *job*, to be made now or after *delay*."""
        huey = self.huey
        if delay is None:
            huey.enqueue(self._task.s(job.name, arguments, attempt))
        else:
            huey.add_schedule(self._task.s(job.name, arguments, attempt, delay=delay.total_seconds()))

    def run(self, name: str, arguments: dict[str, Any], attempt: int = 1) -> None:
        """Run a job in its own application context; a failure is logged and tried again later, eight times at most."""
        job = JOBS.get(name)
        if job is None:
            log.error("job_unknown", job=name)
            return
        with self.app.app_context():
            try:
                job.function(**arguments)
            except Exception:
                log.exception("job_failed", job=name, attempt=attempt)
                if attempt < MAX_ATTEMPTS:
                    self.put(job, arguments, attempt=attempt + 1, delay=_pause(attempt))

    def claim_turn(self, key: str, *, seconds: int) -> bool:
        """Tell whether this process may take a turn that all processes share; one of them gets ``True`` in *seconds*.

        Without Redis there is one process that runs jobs, and every turn is its own.
        """
        if not self.settings.redis_url:
            return True
        number = int(time.time() // seconds)
        return bool(self.huey.storage.conn.set(f"social-cme:turn:{key}:{number}", b"1", nx=True, ex=seconds * 2))

    def wish_once(self, job: Job, *, seconds: int) -> None:
        """Put *job* on the queue unless the same wish was made by any process in the last *seconds* and is not fulfilled."""
        if self.huey.storage.conn.set(_wish_key(job), b"1", nx=True, ex=seconds):
            self.put(job, {})

    def forget_wish(self, job: Job) -> None:
        """Let the next wish for *job* through; called when the job begins, so that nothing that comes later is missed."""
        if self.settings.redis_url:
            self.huey.storage.conn.delete(_wish_key(job))

    def check(self) -> None:
        """Raise when the queue's storage cannot be reached."""
        self.huey.storage.queue_size()

    def check_bus(self) -> None:
        """Raise when the bus between the sockets of several processes cannot be reached; one process needs none."""
        if self.settings.redis_url:
            Redis(connection_pool=self.redis_pool).ping()


def _pause(attempt: int) -> timedelta:
    return min(timedelta(seconds=10 * 3 ** (attempt - 1)), LONGEST_PAUSE)


def _wish_key(job: Job) -> str:
    return f"social-cme:wish:{job.name}"
