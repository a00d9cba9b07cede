"""What a live room costs: a server's processor time per delivered message, latency, memory, votes in a storm, a mass return.

One room of 100, 1,000 and 2,000 light clients on raw websockets, driven from a process of their own (``crowd.py``), against the
product's server and, in the same run, against socket.io's own server on Node.js. Three kinds of load: messages through the
engine alone (at rest and in a burst; nothing is written, which is what the Node.js server does as well), chat lines, votes for
questions and ballots of a poll through the whole product, and a kill -9 from which everybody comes back. A figure above
Node.js's at rest, above a quarter of it in bursts, a vote counted wrongly, or a message missed would worry us.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from benchmarks.crowd import Generator, Report, percentiles
from benchmarks.stage import Stage, show, stage
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.extensions import db
from social_cme.live.enums import PollState
from social_cme.live.models import LivePoll, LiveQuestion, PollBallot, PollRound, PollTally, QuestionVote
from social_cme.live.services import chat, leading, polling, polls, questions, schedule
from social_cme.live.services.polls import PollPlan
from social_cme.persistence.facts import last_seq
from social_cme.persistence.transaction import transaction
from social_cme.rooms.queries import open_room
from tests.postgres import free_port
from tests.server import ROOT, Server, cookie_of

COLUMNS = ("room", "what", "server", "sent", "deliveries/s", "µs each", "p50 ms", "p99 ms", "frames each", "crowd CPU")
NODE = Path(__file__).parent / "node_reference"
NODE_HOME = ROOT / ".cache" / "node_reference"
TICKS = os.sysconf("SC_CLK_TCK")
QUESTIONS = 4


@dataclass
class Place:
    """A room with a running session and everybody's cookie."""

    stage: Stage
    slug: str
    session_id: int
    mentor_id: int
    cookies: list[str]

    @property
    def channel(self) -> str:
        """The channel of the session."""
        return f"live:{self.session_id}"


class LiveServer(Server):
    """The product's server with the message ``bench.say``."""

    script = ("-m", "benchmarks.live_server")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", default="", help="Sizes of the rooms.")
    parser.add_argument("--seconds", type=float, default=8.0, help="How long each steady load lasts; storms 5 at most.")
    parser.add_argument("--quick", action="store_true", help="Rooms of 100 and 300, 2 seconds each; under a minute.")
    parser.add_argument("--stock", action="store_true", help="Measure FANOUT=stock as well.")
    parser.add_argument("--database", default="", help="Address of an empty PostgreSQL database; SQLite without.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = [
        int(size)
        for size in ("100,300" if options.quick and not options.rooms else options.rooms or "100,1000,2000").split(",")
    ]
    seconds = 2.0 if options.quick else options.seconds
    node = _install_node()
    rows: list[list[Any]] = []
    facts: dict[str, Any] = {}
    generator = Generator()
    try:
        blast = generator.order("blast", clients=min(1000, sizes[-1]), seconds=2.0 if options.quick else 5.0)
        facts["the crowd takes in, from a sender that does nothing else"] = (
            f"{blast['rate']:,.0f} messages a second at {blast['share']:.0%} of a core"
        )
        with stage(options.database) as built:
            place = _plant(built, sizes[-1])
            for size in sizes:
                rows += _measure(place, generator, size, seconds, node, facts, stock=options.stock)
            headline = f"{built.versions()}, Node.js reference: {node or 'left out, npm is missing'}"
    finally:
        generator.end()
    show(headline, COLUMNS, rows, as_json=options.json, **facts)


def _measure(
    place: Place, generator: Generator, size: int, seconds: float, node: str, facts: dict[str, Any], *, stock: bool
) -> list[list[Any]]:
    rows = []
    for name, fanout in [("ours", "direct"), *([("ours, stock", "stock")] if stock else [])]:
        server = LiveServer(place.stage.settings, FANOUT=fanout, SOCKETS_PER_ADDRESS="20000", RATE_LIMITS="true")
        server.start()
        assert server.process is not None
        try:
            before = _memory(server.process.pid)
            _open(generator, server.port, place.cookies[:size], "bench:1")
            facts[f"memory per connection, {name}, {size:,}"] = (
                f"{(_memory(server.process.pid) - before) / size:.0f} KB"
            )
            rows += _engine(generator, server.process.pid, size, seconds, name)
            generator.order("leave")
            if fanout == "direct":
                rows += _product(place, generator, server, size, seconds, facts)
                _return(place, generator, server, size, facts)
                generator.order("leave")
        finally:
            server.kill()
            if "Traceback" in server.output():
                raise SystemExit(f"Wrong: the server failed.\n{server.output()[-3000:]}")
    if node:
        rows += _node(generator, size, seconds, facts)
    return rows


def _engine(generator: Generator, pid: int, size: int, seconds: float, name: str) -> list[list[Any]]:
    rest, burst = (20.0, 1.0) if size <= 1000 else (10.0, 1.0)
    rows = []
    generator.order("talk", event="bench.say", payload={"channel": "bench:1"}, rate=rest, seconds=1)  # Warms up.
    for what, rate, lasts in (("engine at rest", rest, seconds), ("engine in a burst", 300.0, burst)):
        rows.append(
            _talk(
                generator,
                pid,
                size,
                what,
                name,
                event="bench.say",
                payload={"channel": "bench:1"},
                rate=rate,
                seconds=lasts,
            )
        )
    return rows


def _product(
    place: Place, generator: Generator, server: Server, size: int, seconds: float, facts: dict[str, Any]
) -> list[list[Any]]:
    assert server.process is not None
    pid = server.process.pid
    _open(generator, server.port, place.cookies[:size], place.channel)
    payload = {"session_id": place.session_id}
    rows = [
        _talk(
            generator, pid, size, "chat at rest", "ours", event="chat.post", payload=payload, rate=5.0, seconds=seconds
        )
    ]
    lasts = min(5.0, seconds)
    return [*rows, *(_storm(place, generator, server, size, lasts, facts, storm) for storm in STORMS)]


def _talk(generator: Generator, pid: int, size: int, what: str, name: str, **order: Any) -> list[Any]:
    cpu = _cpu(pid)
    report = generator.order("talk", **order)
    return _row(size, what, name, report, _cpu(pid) - cpu)


def _row(size: int, what: str, name: str, report: Report, cpu: float) -> list[Any]:
    if report["refused"]:
        raise SystemExit(f"Wrong: {report['refused']} refused in '{what}': {report.get('why')}")
    return [
        size,
        what,
        name,
        report["sent"],
        int(report["deliveries"] / report["seconds"]),
        cpu * 1e6 / max(1, report["deliveries"]),
        report["p50"],
        report["p99"],
        report["frames"] / max(1, report["deliveries"]),
        f"{report['share']:.0%}",
    ]


# ------------------------------------------------------------------ the product


def _storm(
    place: Place, generator: Generator, server: Server, size: int, seconds: float, facts: dict[str, Any], storm: Storm
) -> list[Any]:
    """Have everybody vote within some seconds while pages are read."""
    assert server.process is not None
    with place.stage.app.app_context():
        before = last_seq(db.session(), place.channel)
        payloads = storm.plant(place)
        asked = last_seq(db.session(), place.channel) - before
        db.session.remove()
    # What was asked came from another process; one line of chat brings everybody to the present.
    generator.order(
        "talk", event="chat.post", payload={"session_id": place.session_id}, rate=1.0, seconds=1.0, ahead=asked
    )
    times: list[float] = []
    stop = threading.Event()
    reader = threading.Thread(target=_read_pages, args=(server.port, place, times, stop))
    for _ in range(2):  # Templates are compiled when they are first shown.
        for address in _pages(place):
            server.get(address, cookie=place.cookies[0])
    cpu = _cpu(server.process.pid)
    reader.start()
    report = generator.order("vote", event=storm.event, payloads=payloads, seconds=seconds)
    stop.set()
    reader.join()
    with place.stage.app.app_context():
        counted = storm.count(payloads)
        newest = last_seq(db.session(), place.channel)
        db.session.remove()
    if counted != size:
        raise SystemExit(f"Wrong: {size} votes were acknowledged in '{storm.name}', {counted} are counted")
    pages = percentiles([one * 1000 for one in times])
    generator.order("reach", last=newest, timeout=30)
    facts[f"{storm.name} of {size:,} in {seconds:g} s"] = (
        f"all answered after {report['seconds']:.1f} s and counted exactly; "
        f"answers p50 {report['p50']:.0f}, p95 {report['p95']:.0f} ms; "
        f"{len(times)} pages meanwhile p50 {pages['p50']:.0f}, p95 {pages['p95']:.0f} ms"
    )
    return _row(size, storm.name, "ours", report, _cpu(server.process.pid) - cpu)


def _ask(place: Place) -> list[Report]:
    """Ask fresh questions, so that every vote of this storm is a new one."""
    ctx = open_room(db.session.get_one(User, place.mentor_id), place.slug)
    asked = [questions.ask(ctx, place.session_id, body=f"Which one, number {number}?") for number in range(QUESTIONS)]
    payloads = [{"session_id": place.session_id, "question_id": one.id} for one in asked]
    for one in asked:  # Nobody has more than a few waiting.
        with transaction():
            db.session.get_one(LiveQuestion, one.id).author_id = place.mentor_id
    return payloads


def _count_votes(payloads: list[Report]) -> int:
    ids = [one["question_id"] for one in payloads]
    votes = db.session.scalar(select(func.count(QuestionVote.id)).where(QuestionVote.question_id.in_(ids)))
    score = db.session.scalar(select(func.sum(LiveQuestion.score)).where(LiveQuestion.id.in_(ids)))
    return int(votes or 0) if votes == score else -1


def _open_poll(place: Place) -> list[Report]:
    """Open a poll with one choice of four, after the one of the storm before."""
    ctx = open_room(db.session.get_one(User, place.mentor_id), place.slug)
    for poll_id in db.session.scalars(select(LivePoll.id).where(LivePoll.state == PollState.OPEN)).all():
        polling.close_poll(ctx, place.session_id, poll_id)
    plan = PollPlan(kind="single", question="What next?", options=("Double it", "Add a second", "Wait a day", "Ask"))
    poll = polls.create_poll(ctx, place.session_id, plan=plan)
    polling.open_round(ctx, place.session_id, poll.id)
    return [
        {"session_id": place.session_id, "poll_id": poll.id, "choices": [number]}
        for number in range(1, len(plan.options) + 1)
    ]


def _count_ballots(payloads: list[Report]) -> int:
    of_poll = select(PollRound.id).where(PollRound.poll_id == payloads[0]["poll_id"])
    ballots = db.session.scalar(select(func.count(PollBallot.id)).where(PollBallot.round_id.in_(of_poll)))
    tallied = db.session.scalar(select(func.sum(PollTally.count)).where(PollTally.round_id.in_(of_poll)))
    return int(ballots or 0) if ballots == tallied else -1


@dataclass(frozen=True)
class Storm:
    """What everybody sends within a few seconds, and how it is counted afterward; -1 when two counts differ."""

    name: str
    event: str
    plant: Callable[[Place], list[Report]]
    count: Callable[[list[Report]], int]


STORMS = (
    Storm("vote storm", "question.vote", _ask, _count_votes),
    Storm("poll storm", "poll.vote", _open_poll, _count_ballots),
)


def _pages(place: Place) -> tuple[str, ...]:
    return "/rooms", f"/rooms/{place.slug}/live/{place.session_id}", f"/rooms/{place.slug}"


def _read_pages(port: int, place: Place, times: list[float], stop: threading.Event) -> None:
    addresses = _pages(place)
    number = 0
    while not stop.is_set():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        begun = time.perf_counter()
        connection.request("GET", addresses[number % len(addresses)], headers={"Cookie": place.cookies[0]})
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - begun)
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"Wrong: {addresses[number % len(addresses)]} answers {answer.status}")
        number += 1
        stop.wait(0.05)


def _return(place: Place, generator: Generator, server: Server, size: int, facts: dict[str, Any]) -> None:
    """Kill the server, write fifty lines meanwhile, start it again, and wait until everybody has everything."""
    begun = time.monotonic()
    server.kill()
    generator.begin("idle", seconds=0.2)
    with place.stage.app.app_context():
        ctx = open_room(db.session.get_one(User, place.mentor_id), place.slug)
        for number in range(50):
            chat.post_message(ctx, place.session_id, body=f"While nobody could hear it, {number}.")
        newest = last_seq(db.session(), place.channel)
        db.session.remove()
    generator.report()
    generator.begin("reach", last=newest, timeout=60)
    server.start()
    up = time.monotonic() - begun
    report = generator.report()
    facts[f"{size:,} sockets after kill -9"] = (
        f"all back and caught up {time.monotonic() - begun:.1f} s after the kill "
        f"({up:.1f} s until the server answered again), {report['missed']} missed"
    )


def _plant(built: Stage, people: int) -> Place:
    with built.app.app_context():
        mentor = built.make.user()
        room = built.make.room(mentor=mentor, slug="crowded", name="Crowded room")
        with transaction():
            crowd = [built.make.user() for _ in range(people)]
            for user in crowd:
                built.make.membership(room, user)
        with transaction():
            cookies = [cookie_of(built.app, built.make, user) for user in crowd]
        ctx = open_room(mentor, room.slug)
        starts = clock.now().replace(tzinfo=None) + timedelta(minutes=5)
        plan = schedule.Plan(
            title="Questions and answers",
            starts=starts,
            ends=starts + timedelta(hours=3),
            time_zone="UTC",
            mentor_ids=(mentor.id,),
        )
        session_id = schedule.schedule_session(ctx, plan=plan).id
        leading.start_session(ctx, session_id)
        found = Place(built, room.slug, session_id, mentor.id, cookies)
        db.session.remove()
    return found


# ------------------------------------------------------------------ the reference


def _install_node() -> str:
    """Install socket.io into the cache, once; return its version and Node.js's, nothing where npm is missing."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        sys.stderr.write("Node.js and npm are needed for the comparison; its rows are left out.\n")
        return ""
    NODE_HOME.mkdir(parents=True, exist_ok=True)
    for file in NODE.iterdir():
        shutil.copyfile(file, NODE_HOME / file.name)
    manifest = NODE_HOME / "node_modules" / "socket.io" / "package.json"
    if not manifest.exists():
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"],
            cwd=NODE_HOME,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(f"socket.io could not be installed; its rows are left out.\n{done.stderr[-500:]}\n")
            return ""
    version = json.loads(manifest.read_text())["version"]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"socket.io {version} on Node.js {node}"


def _node(generator: Generator, size: int, seconds: float, facts: dict[str, Any]) -> list[list[Any]]:
    port = free_port()
    process = subprocess.Popen(["node", "server.js", str(port)], cwd=NODE_HOME)
    try:
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.05)
        before = _memory(process.pid)
        _open(generator, port, [""] * size, "bench:1")
        facts[f"memory per connection, Node.js, {size:,}"] = f"{(_memory(process.pid) - before) / size:.0f} KB"
        rows = _engine(generator, process.pid, size, seconds, "Node.js")
        generator.order("leave")
        return rows
    finally:
        process.kill()
        process.wait()


def _open(generator: Generator, port: int, cookies: list[str], channel: str) -> None:
    generator.order("open", port=port, cookies=cookies, channel=channel)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> float:
    return psutil.Process(pid).memory_info().rss / 1024


if __name__ == "__main__":
    main()
