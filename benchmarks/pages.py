"""How many pages a second one server process gives, how long each takes, and what an import of 16,407 threads changes.

Data: one room with 40 threads and 5 answers each, then medquad.jsonl.gz imported into the same room. Each page is fetched over
HTTP by several readers at once from a server process of its own; statements are counted in this process. A page whose
statements grow, or whose median more than doubles after the import, would worry us.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import itertools
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from benchmarks.stage import MEDQUAD, Stage, need_data, show, spread, stage
from social_cme.accounts.models import User
from social_cme.discussions.enums import ThreadKind
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.persistence.delivery import deliver_pending
from social_cme.rooms.queries import open_room
from tests.server import cookie_of

COLUMNS = (
    "page",
    "statements",
    "requests/s",
    "p50 ms",
    "p95 ms",
    "after: statements",
    "requests/s after",
    "p50 after",
    "p95 after",
)
_UNCOUNTED = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=MEDQUAD)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=8.0, help="How long each page is measured.")
    parser.add_argument(
        "--quick", action="store_true", help="2 seconds a page and a tenth of the import; under a minute."
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    seconds = 1.5 if options.quick else options.seconds
    with stage() as place:
        pages, reader_id = _fill(place)
        before = _measure(place, pages, reader_id, clients=options.clients, seconds=seconds)
        imported = _import(place, need_data(options.file), tenth=options.quick)
        after = _measure(place, pages, reader_id, clients=options.clients, seconds=seconds)
        headline = (
            f"{place.versions()}, {options.clients} clients, {imported:,} threads imported between the two halves"
        )
    rows = [[name, *before[name], *after[name]] for name in pages]
    show(headline, COLUMNS, rows, as_json=options.json)
    grown = [name for name in pages if before[name][0] != after[name][0]]
    if grown:
        raise SystemExit(f"Wrong: the statements of these pages changed: {', '.join(grown)}")


def _fill(place: Stage) -> tuple[dict[str, str], int]:
    with place.app.app_context():
        mentor, reader = place.make.user(), place.make.user()
        reader_id = reader.id
        room = place.make.room(mentor=mentor, members=(reader,), slug="measured", name="Measured room")
        ctx = open_room(mentor, room.slug)
        thread_id = 0
        for number in range(40):
            text = f"Chronic kidney disease, question {number}. " + "What would you do next? " * 10
            thread_id = post_thread(ctx, kind=ThreadKind.QUESTION, title=f"Kidney question {number}", body=text).id
            for _ in range(5):
                post_answer(ctx, thread_id=thread_id, body="I would **wait** and look again.\n\n- one\n- two\n" * 5)
        deliver_pending(batches=1000)
        db.session.remove()
    place.flask("search", "rebuild")
    pages = {
        "directory": "/rooms",
        "room": "/rooms/measured",
        "thread": f"/rooms/measured/threads/{thread_id}",
        "search, two words": "/search?q=kidney+disease",
        "search, rare word": "/search?q=phenylketonuria",
        "my participation": "/participation",
    }
    return pages, reader_id


def _import(place: Stage, file: Path, *, tenth: bool) -> int:
    source = file
    if tenth:
        source = place.folder / "tenth.jsonl"
        with gzip.open(file) as stream:
            source.write_bytes(b"".join(itertools.islice(stream, 1_640)))
    said = place.flask("import", "threads", str(source), "--room", "measured").stdout
    with place.app.app_context():
        deliver_pending(batches=1000)
        db.session.remove()
    place.flask("search", "rebuild")
    return int(said.split(" threads imported")[0].replace(",", ""))


def _measure(
    place: Stage, pages: dict[str, str], reader_id: int, *, clients: int, seconds: float
) -> dict[str, tuple[int, float, float, float]]:
    with place.app.app_context():
        reader = db.session.get_one(User, reader_id)
        cookie = cookie_of(place.app, place.make, reader)
        counted = {name: statements(place, address, cookie) for name, address in pages.items()}
        db.session.remove()
    place.server.start()
    try:
        found = {}
        for name, address in pages.items():
            _fetch_for(place, address, cookie, 1, 0.5)
            began = time.perf_counter()
            times = _fetch_for(place, address, cookie, clients, seconds)
            middle, late = spread(times)
            found[name] = (counted[name], len(times) / (time.perf_counter() - began), middle, late)
        return found
    finally:
        place.server.stop()


def statements(place: Stage, address: str, cookie: str) -> int:
    """Return how many statements a page takes the second time."""
    browser = place.app.test_client()
    browser.set_cookie("session", cookie.partition("=")[2])
    browser.get(address)
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_UNCOUNTED):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    answer = browser.get(address)
    event.remove(db.engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise SystemExit(f"Wrong: {address} answers {answer.status_code}")
    return len(seen)


def _fetch_for(place: Stage, address: str, cookie: str, clients: int, seconds: float) -> list[float]:
    times: list[float] = []
    wrong: list[int] = []
    until = time.perf_counter() + seconds

    def read() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", place.server.port, timeout=30)
        while time.perf_counter() < until and not wrong:
            began = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            if answer.status != 200:
                wrong.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if wrong:
        raise SystemExit(f"Wrong: {address} answers {wrong[0]}\n{place.server.output()[-2000:]}")
    return times


if __name__ == "__main__":
    main()
