"""What every benchmark stands on: a fresh installation in a temporary folder, its command line, its server, and a table.

Rule: nothing is left behind, and nothing outside the folder is touched.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from social_cme.app import ROOT, create_app
from social_cme.extensions import db
from tests.conftest import build_settings, migrate_database
from tests.factories import Factory
from tests.server import Server

MEDQUAD = ROOT.parent / "shared" / "data" / "medquad.jsonl.gz"
HOW_TO_DATA = "Put medquad.jsonl.gz into shared/data beside the project folder, or name another file with --file."


class Stage:
    """An empty installation of its own, with an application in this process on the same data."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.settings = build_settings(
            folder / "instance",
            database_url=database_url or f"sqlite:///{folder / 'bench.sqlite3'}",
            log_level="error",
        )
        self.settings.instance_path.mkdir(parents=True, exist_ok=True)
        migrate_database(self.settings)
        self.app: Flask = create_app(self.settings)
        self.make = Factory(self.app)
        self.server = Server(self.settings)

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``flask …`` in a process of its own and return what it said; a failure ends the benchmark."""
        result = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "social_cme.server:command_app", *arguments],
            cwd=ROOT,
            env={**self.server.environment, "ASYNC_MODE": "threading"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise SystemExit(f"flask {' '.join(arguments)} failed:\n{result.stdout}{result.stderr}")
        return result

    def versions(self) -> str:
        """Name what the figures depend on."""
        sqlite = self.settings.database_uri.startswith("sqlite")
        with self.app.app_context():
            engine = db.session.scalar(text("SELECT sqlite_version()" if sqlite else "SHOW server_version"))
            db.session.remove()
        name = "SQLite" if sqlite else "PostgreSQL"
        return f"Python {platform.python_version()}, {name} {engine}, {os.cpu_count()} cores"


@contextmanager
def stage(database_url: str = "") -> Iterator[Stage]:
    """Set a stage up and take it down again."""
    folder = Path(tempfile.mkdtemp(prefix="social-cme-bench-"))
    built = Stage(folder, database_url)
    try:
        yield built
    finally:
        built.server.stop()
        with built.app.app_context():
            db.session.remove()
            db.engine.dispose()
        shutil.rmtree(folder, ignore_errors=True)


def need_data(file: Path) -> Path:
    """Return the data file, or end with the way to get it."""
    if not file.exists():
        raise SystemExit(HOW_TO_DATA)
    return file


def spread(seconds: Sequence[float]) -> tuple[float, float]:
    """Return median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    return statistics.median(ordered) * 1000, ordered[max(0, -(-len(ordered) * 95 // 100) - 1)] * 1000


def show(headline: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, as_json: bool, **facts: Any) -> None:
    """Print the results as a Markdown table, or as one JSON object."""
    if as_json:
        print(json.dumps({"on": headline, "results": [dict(zip(columns, row, strict=True)) for row in rows], **facts}))
        return
    print(f"\n{headline}\n")
    texts = [[_text(value) for value in row] for row in rows]
    widths = [max(len(line[number]) for line in [list(columns), *texts]) for number in range(len(columns))]
    print("| " + " | ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True)) + " |")
    print("| " + " | ".join("-" * width for width in widths) + " |")
    for line in texts:
        print("| " + " | ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)) + " |")
    for name, value in facts.items():
        print(f"\n{name.replace('_', ' ').capitalize()}: {_text(value)}")


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
