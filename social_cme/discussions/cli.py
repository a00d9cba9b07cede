"""``flask import …``: bringing existing collections into a room."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import IO

import click
from flask.cli import AppGroup

from social_cme.core.errors import Invalid, NotFound
from social_cme.discussions.services.importing import ImportCount, import_threads
from social_cme.discussions.services.retractions import import_retractions

# A file of the wrong kind is bad in every line; nobody reads a million reasons.
_SHOWN = 50
# Between two batches other programs that write get their turn.
_PAUSE_SECONDS = 0.005

import_commands = AppGroup("import", help="Bring existing collections into a room.")


@import_commands.command("threads")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--room", "room_slug", required=True, metavar="SLUG", help="The room that gets the threads.")
def threads(file: Path, room_slug: str) -> None:
    """Import question-and-answer pairs from FILE, JSON lines plain or gzipped.

    Each line holds "question" and "answer", and may hold "id", "source", "url" and "focus". Pairs that are in the room already
    are passed over, so an import that was cut off is started again with the same command. Bad lines are named and skipped.
    """
    began = time.monotonic()
    try:
        with file.open("rb") as source:
            count = _run(source, file.stat().st_size, room_slug)
    except NotFound as error:
        raise click.ClickException(f"{error.message} See the addresses of the rooms in the browser.") from error
    _summarise(count, time.monotonic() - began)
    if not count.understood:
        raise click.ClickException("Nothing in this file could be read as questions and answers.")


def _run(source: IO[bytes], size: int, room_slug: str) -> ImportCount:
    shown = 0

    def report(line: int, reason: str) -> None:
        nonlocal shown
        shown += 1
        if shown <= _SHOWN:
            click.echo(f"\nline {line}: {reason}", err=True)
        elif shown == _SHOWN + 1:
            click.echo("\nFurther bad lines are counted and not named.", err=True)

    count = ImportCount()
    done = 0
    with click.progressbar(length=max(size, 1), label="Importing", file=sys.stderr) as bar:
        for _ in import_threads(source, room_slug=room_slug, report=report, count=count):
            position = source.tell()
            bar.update(position - done)
            done = position
            time.sleep(_PAUSE_SECONDS)
    return count


def _summarise(count: ImportCount, seconds: float) -> None:
    rate = count.understood / seconds if seconds else 0.0
    click.echo(
        f"{count.written:,} threads imported, {count.known:,} were there already, {count.bad:,} bad lines skipped; "
        f"{seconds:.1f} s, {rate:,.0f} rows/s, peak memory {_peak_megabytes():.0f} MB."
    )
    if count.written:
        click.echo(
            "The search reads them in the background while the server runs, or at once with: flask search rebuild"
        )


def _peak_megabytes() -> float:
    """Return the most memory this process has held; where /proc is missing, what the system says of it."""
    try:
        # The system's own figure begins with the peak of the program that started this one.
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


citation_commands = AppGroup("citations", help="Look after the sources that answers name.")


@citation_commands.command("import-retractions")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def retractions(file: Path) -> None:
    """Bring in the Retraction Watch list from FILE, the CSV that Crossref publishes.

    Answers that name a retracted paper show it at once, and their endorsements lapse. Later answers are compared with the list
    when they are posted. Running it again with a newer file is how the list is kept up.
    """
    shown = 0

    def report(line: int, reason: str) -> None:
        nonlocal shown
        shown += 1
        if shown <= _SHOWN:
            click.echo(f"line {line}: {reason}", err=True)

    try:
        # The published file holds some bytes that are no UTF-8; they stand in names, never in what is compared.
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as source:
            count = import_retractions(source, report=report)
    except Invalid as error:
        raise click.ClickException(error.message) from error
    if shown > _SHOWN:
        click.echo(f"{shown - _SHOWN:,} further lines were skipped.", err=True)
    click.echo(
        f"{count.lines:,} lines read, {count.notices:,} notices kept, {count.bad:,} lines skipped; "
        f"the status of {count.papers_changed:,} papers that answers name has changed."
    )


COMMANDS = (import_commands, citation_commands)
