"""How fast a collection is imported, whether memory grows with the file, and how long writers wait meanwhile.

Data: medquad.jsonl.gz, 16,407 pairs; a tenth of it, all of it, and all of it once more (resumed). Below 300 rows/s, a peak that
grows by more than a tenth between the first two, or a writer that waits longer than 250 ms would worry us.
"""

from __future__ import annotations

import argparse
import gzip
import re
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.stage import MEDQUAD, Stage, need_data, show, spread, stage
from social_cme.discussions.models import Post, Thread
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction

_SUMMARY = re.compile(
    r"([\d,]+) threads imported, ([\d,]+) were there already, ([\d,]+) bad lines skipped; "
    r"([\d.]+) s, ([\d,]+) rows/s, peak memory (\d+) MB"
)
COLUMNS = (
    "file",
    "pairs",
    "imported",
    "seconds",
    "rows/s",
    "peak MB",
    "writer p50 ms",
    "writer p95 ms",
    "writer max ms",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=MEDQUAD)
    parser.add_argument("--quick", action="store_true", help="Import a tenth and a twentieth only.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    source = need_data(options.file)
    with stage() as first:
        headline = first.versions()
        lines = _lines(source, first.folder)
        total = len(lines)
        small, large = (total // 20, total // 10) if options.quick else (total // 10, total)
        rows = [_run(first, lines[:small], "5 % of the file" if options.quick else "10 % of the file")]
    with stage() as second:
        rows.append(_run(second, lines[:large], "10 % of the file" if options.quick else "whole file"))
        rows.append(_run(second, lines[:large], "the same again"))
    show(headline, COLUMNS, rows, as_json=options.json, memory_growth=f"{100 * (rows[1][5] / rows[0][5] - 1):.0f} %")


def _lines(source: Path, _folder: Path) -> list[bytes]:
    opener: Any = gzip.open if source.suffix == ".gz" else open
    with opener(source, "rb") as stream:
        return list(stream)


def _run(place: Stage, lines: list[bytes], name: str) -> list[Any]:
    path = place.folder / "pairs.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(lines), compresslevel=6))
    with place.app.app_context():
        before = db.session.scalar(select(func.count(Thread.id))) or 0
        if not before:
            place.make.room(mentor=place.make.user(), slug="archive-room")
    waits, stop = [], threading.Event()
    writer = threading.Thread(target=_write_all_the_time, args=(place, waits, stop))
    writer.start()
    try:
        said = place.flask("import", "threads", str(path), "--room", "archive-room").stdout
    finally:
        stop.set()
        writer.join()
    found = _SUMMARY.search(said)
    if found is None:
        raise SystemExit(f"The import said something else:\n{said}")
    written, known, bad, seconds, rate, peak = (float(part.replace(",", "")) for part in found.groups())
    _check(place, pairs=len(lines), written=int(written), known=int(known), bad=int(bad), before=before)
    middle, late = spread(waits)
    return [name, len(lines), int(written), seconds, int(rate), int(peak), middle, late, max(waits) * 1000]


def _check(place: Stage, *, pairs: int, written: int, known: int, bad: int, before: int) -> None:
    with place.app.app_context():
        threads = db.session.scalar(select(func.count(Thread.id)))
        posts = db.session.scalar(select(func.count(Post.id)))
    if not (written + known + bad == pairs and threads == posts == before + written):
        raise SystemExit(f"Wrong: {pairs=} {written=} {known=} {bad=} {threads=} {posts=}")


def _write_all_the_time(place: Stage, waits: list[float], stop: threading.Event) -> None:
    """Write a little twenty times a second, as people do while an import runs, and note how long each write takes."""
    with place.app.app_context():
        user_id = place.make.user().id
        while not stop.is_set():
            began = time.perf_counter()
            with transaction() as tx:
                tx.session.execute(
                    db.text("UPDATE user_account SET bio = :now WHERE id = :id"), {"now": str(began), "id": user_id}
                )
            waits.append(time.perf_counter() - began)
            stop.wait(0.05)
        db.session.remove()


if __name__ == "__main__":
    main()
