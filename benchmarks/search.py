"""How long a search takes over 20,000 threads with an answer each, from words to the page's data, with all permission checks.

Data: medquad.jsonl.gz, the beginning of it once more to make 20,000; index made by ``flask search rebuild``. A median above 50 ms
for any search would worry us. ``--database postgresql`` starts a server of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.stage import MEDQUAD, Stage, need_data, show, spread, stage
from social_cme.extensions import db
from social_cme.search import queries
from social_cme.search.enums import SearchScope
from social_cme.search.queries import Filters
from social_cme.search.rules import parse_query
from tests import postgres

COLUMNS = ("search", "found", "statements", "p50 ms", "p95 ms")
SEARCHES = {
    "one common word": "treatment",
    "one very common word": "patients",
    "two words": "kidney disease",
    "five words": "symptoms of acute lymphoblastic leukemia",
    "a phrase": '"high blood pressure"',
    "without a word": "diabetes -insulin",
    "a beginning": "cardio*",
    "a rare word": "phenylketonuria",
    "nothing": "qwertzuiop",
    "words never together": "phenylketonuria apixaban",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=MEDQUAD)
    parser.add_argument("--threads", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--quick", action="store_true", help="2,000 threads.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    threads = 2_000 if options.quick else options.threads
    with database(options.database) as url, stage(url) as place:
        _fill(place, need_data(options.file), threads)
        began = time.perf_counter()
        place.flask("search", "rebuild")
        rebuilt = time.perf_counter() - began
        rows = [_measure(place, name, words, options.repeat) for name, words in SEARCHES.items()]
        headline = f"{place.versions()}, {threads:,} threads"
    show(headline, COLUMNS, rows, as_json=options.json, seconds_to_rebuild=round(rebuilt, 1))


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    """Give the address of an empty database of a kind; a PostgreSQL server of its own is started for it."""
    if kind == "sqlite":
        yield ""
        return
    with postgres.running_server() as server:
        yield postgres.create_database(server, "bench")


def _fill(place: Stage, source: Path, threads: int) -> None:
    with gzip.open(source) as stream:
        fill_rooms(place, list(itertools.islice(stream, threads)), threads)


def fill_rooms(place: Stage, lines: list[bytes], threads: int) -> None:
    """Import lines into two public rooms, the beginning of them once more, until there are so many threads."""
    with place.app.app_context():
        mentor = place.make.user()
        for slug in ("first", "second"):
            place.make.room(mentor=mentor, slug=slug)
        db.session.remove()
    rest = threads - len(lines)
    for slug, part in (("first", lines), ("second", lines[:rest] if rest else [])):
        if part:
            path = place.folder / "part.jsonl"
            path.write_bytes(b"".join(part))
            place.flask("import", "threads", str(path), "--room", slug)


def _measure(place: Stage, name: str, words: str, repeat: int) -> list[object]:
    seconds, statements, found = [], [], 0
    with place.app.app_context():
        reader = place.make.user()
        for number in range(repeat + 2):
            seen: list[str] = []
            note = lambda *arguments: seen.append(arguments[2])  # noqa: E731, B023
            db.event.listen(db.engine, "before_cursor_execute", note)
            began = time.perf_counter()
            page = queries.find(reader, parse_query(words), Filters())
            if number >= 2:
                seconds.append(time.perf_counter() - began)
            db.event.remove(db.engine, "before_cursor_execute", note)
            statements.append(sum(one.startswith(("SELECT", "WITH")) for one in seen))
            found = page.counts.get(SearchScope.ALL, 0)
        db.session.remove()
    return [f"{name}: {words}", found, max(statements[2:]), *spread(seconds)]


if __name__ == "__main__":
    main()
