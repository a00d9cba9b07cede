"""Commands about jobs: ``flask jobs work`` runs them in a process of its own, ``flask jobs list`` shows them."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup

from social_cme.core.errors import AppError
from social_cme.jobs.queue import JOBS, JobQueue
from social_cme.jobs.runner import WORKERS, JobRunner

jobs = AppGroup("jobs", help="Background jobs.")


@jobs.command("work")
@click.option(
    "--workers", default=WORKERS, show_default=True, type=click.IntRange(1, 32), help="Jobs at the same time."
)
def work(workers: int) -> None:
    """Run jobs until interrupted; for JOBS=worker."""
    queue: JobQueue = current_app.extensions["jobs"]
    if queue.settings.jobs != "worker":
        raise click.ClickException(
            "The server runs its jobs itself. Set JOBS=worker and REDIS_URL for all processes first."
        )
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    runner = JobRunner(current_app._get_current_object(), workers=workers)  # type: ignore[attr-defined]
    runner.start()
    click.echo(f"Running jobs with {workers} workers. Stop with Ctrl+C.")
    while not stopping.wait(1):
        pass
    runner.stop()
    click.echo("Stopped.")


@jobs.command("list")
def show() -> None:
    """Show every job and how often it runs by itself."""
    for name in sorted(JOBS):
        every = JOBS[name].every_seconds
        click.echo(f"{name:<30} {'every ' + _words(every) if every else 'when asked for'}")


@jobs.command("run")
@click.argument("name")
def run(name: str) -> None:
    """Run one scheduled job now, here, and show what goes wrong."""
    found = JOBS.get(name)
    if found is None or found.every_seconds is None:
        raise click.ClickException(f"There is no scheduled job “{name}”. 'flask jobs list' shows them.")
    try:
        found.function()
    except AppError as error:
        raise click.ClickException(error.message) from error
    click.echo("Done.")


def _words(seconds: int) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0 and seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
