"""The job queue on huey: SQLite storage inside this process by default, Redis with own workers when configured.

Rule: a job carries ids and may run twice. What matters has a row of its own and a sweep that finds it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

JobFunction = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Job:
    """A named function that the queue can run."""

    name: str
    function: JobFunction
    every_seconds: int | None = None


JOBS: dict[str, Job] = {}


def job(name: str, *, every_seconds: int | None = None) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job *name* (``feature.verb``), run on a schedule when *every_seconds* is given."""

    def decorate(function: JobFunction) -> JobFunction:
        JOBS[name] = Job(name, function, every_seconds)
        return function

    return decorate


def enqueue(name: str, **arguments: Any) -> None:
    """Put a job on the queue; call it after the commit (``tx.after_commit``), never inside a transaction."""
    raise NotImplementedError(name, arguments)
