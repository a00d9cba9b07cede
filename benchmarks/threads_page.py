"""What the first page of a thread costs with 50, 200 and 500 answers: statements, time, size.

Data: one room of 25 people, three threads whose answers have four paragraphs of the same text, a tenth of them with a comment.
Statements that grow with the thread, or a first page above 100 KB of HTML, would worry us.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import time

from benchmarks.pages import statements
from benchmarks.stage import Stage, show, spread, stage
from social_cme.extensions import db
from tests.discussions.volume import long_thread
from tests.server import cookie_of

COLUMNS = ("answers", "statements", "p50 ms", "p95 ms", "HTML KB", "gzipped KB")
SIZES = (50, 200, 500)
LIMIT_KB = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="How often each page is fetched, one after the other.")
    parser.add_argument("--quick", action="store_true", help="30 rounds.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with stage() as place:
        rows = _measure(place, 30 if options.quick else options.rounds)
        show(place.versions(), COLUMNS, rows, as_json=options.json)
    if len({row[1] for row in rows}) > 1:
        raise SystemExit("Wrong: the statements grow with the thread.")
    if any(row[4] > LIMIT_KB for row in rows):
        raise SystemExit(f"Wrong: a first page has more than {LIMIT_KB} KB of HTML.")


def _measure(place: Stage, rounds: int) -> list[tuple[int, int, float, float, float, float]]:
    with place.app.app_context():
        people = [place.make.user() for _ in range(25)]
        room = place.make.room(mentor=people[0], members=tuple(people[1:]), slug="long")
        addresses = {size: long_thread(room, people, size) for size in SIZES}
        cookie = cookie_of(place.app, place.make, people[1])
        counts = {size: statements(place, address, cookie) for size, address in addresses.items()}
        db.session.remove()
    place.server.start()
    rows = []
    for size, address in addresses.items():
        times, html = [], b""
        for _ in range(rounds):
            began = time.perf_counter()
            html = _fetch(place, address, cookie)
            times.append(time.perf_counter() - began)
        rows.append((size, counts[size], *spread(times[5:]), len(html) / 1024, len(gzip.compress(html)) / 1024))
    return rows


def _fetch(place: Stage, address: str, cookie: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", place.server.port, timeout=30)
    try:
        connection.request("GET", address, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"Wrong: {address} answered {answer.status}.")
        return body
    finally:
        connection.close()


if __name__ == "__main__":
    main()
