"""How long it takes to find threads like a new one among 20,000, with all permission checks, and whether they fit.

Data: medquad.jsonl.gz; every fiftieth question is held out, the beginning of the rest stands twice to make 20,000 threads. One
held out counts as found when a thread about the same condition (the collection's ``focus``) is among the first five. It is
asked in its own words, and in other words with a clinical story around it. More than 150 ms at the 95th percentile would worry
us. ``--database postgresql`` starts a server of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.search import database, fill_rooms
from benchmarks.stage import MEDQUAD, Stage, need_data, show, spread, stage
from social_cme.discussions.models import Thread
from social_cme.discussions.queries.similar import find_similar
from social_cme.discussions.rules.imports import read_pair
from social_cme.extensions import db
from social_cme.rooms.queries import open_room

COLUMNS = (
    "asked",
    "questions",
    "same condition in first five",
    "as the first",
    "statements",
    "p50 ms",
    "p95 ms",
    "max ms",
)
LIMIT_MS = 150
EVERY = 50
OTHER_WORDS = {
    "treatment": "How would you manage {focus}?",
    "symptoms": "Could this be {focus}? Which signs would you look for",
    "causes": "Why did she develop {focus}",
    "information": "Explaining {focus} to a worried family",
    "inheritance": "Risk of {focus} for her children",
    "genetic changes": "Which gene should be tested in {focus}",
    "exams and tests": "Work-up when you suspect {focus}",
    "outlook": "Prognosis: {focus}",
    "prevention": "Lowering the risk of {focus}",
    "frequency": "How often do you see {focus}",
}
STORY = (
    "A patient in their fifties came to our outpatient clinic last month and has been seen twice since. The examination and the "
    "routine laboratory tests were unremarkable, blood pressure and weight were stable. We discussed {focus} in the team and "
    "could not agree. What would you do next, and which source do you follow?"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=MEDQUAD)
    parser.add_argument("--threads", type=int, default=20_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--quick", action="store_true", help="2,000 threads.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    threads = 2_000 if options.quick else options.threads
    with database(options.database) as url, stage(url) as place:
        held, focus_of = _fill(place, need_data(options.file), threads)
        place.flask("search", "rebuild")
        rows = [
            _measure(place, "in its own words", [(one["question"], "", one["focus"]) for one in held], focus_of),
            _measure(place, "in other words, with a story", [_told_otherwise(one) for one in held], focus_of),
        ]
        headline = f"{place.versions()}, {threads:,} threads"
    show(headline, COLUMNS, rows, as_json=options.json)
    if any(float(row[6]) > LIMIT_MS for row in rows):
        raise SystemExit(f"slower than {LIMIT_MS} ms")


def _fill(place: Stage, source: Path, threads: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Import all but the held-out questions; return those with another question about the same, and the focus of each thread."""
    with gzip.open(source) as stream:
        lines = stream.readlines()
    kept = [line for number, line in enumerate(lines) if number % EVERY][:threads]
    focus_of = {read_pair(line).ref: str(json.loads(line)["focus"]) for line in kept}
    fill_rooms(place, kept, threads)
    known = set(focus_of.values())
    held = [json.loads(line) for number, line in enumerate(lines) if number % EVERY == 0]
    return [one for one in held if one["focus"] in known], focus_of


def _told_otherwise(one: dict[str, Any]) -> tuple[str, str, str]:
    title = OTHER_WORDS.get(one["qtype"], "Second opinion on {focus}")
    return title.format(focus=one["focus"]), STORY.format(focus=one["focus"]), one["focus"]


def _measure(place: Stage, name: str, questions: list[tuple[str, str, str]], focus_of: dict[str, str]) -> list[object]:
    seconds, found, first, statements = [], 0, 0, 0
    with place.app.app_context():
        refs = {row.id: row.source_ref for row in db.session.execute(select(Thread.id, Thread.source_ref))}
        ctx = open_room(place.make.user(), "first")
        for number, (title, text, focus) in enumerate([*questions[:3], *questions]):
            seen: list[str] = []
            note = lambda *arguments: seen.append(arguments[2])  # noqa: E731, B023
            db.event.listen(db.engine, "before_cursor_execute", note)
            began = time.perf_counter()
            shown = find_similar(ctx, title=title, text=text)
            took = time.perf_counter() - began
            db.event.remove(db.engine, "before_cursor_execute", note)
            if number < 3:
                continue
            seconds.append(took)
            statements = max(statements, sum(one.startswith(("SELECT", "WITH")) for one in seen))
            about = [focus_of.get(refs[one.id]) == focus for one in shown]
            found, first = found + any(about), first + any(about[:1])
        db.session.remove()
    share = [f"{100 * one / len(questions):.1f} %" for one in (found, first)]
    return [name, len(questions), *share, statements, *spread(seconds), max(seconds) * 1000]


if __name__ == "__main__":
    main()
