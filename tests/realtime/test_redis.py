"""Several processes on one Redis: presence, endings, slow readers, jobs of their own process, and Redis away."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
import socketio
import websocket
from flask import Flask

from config import Settings
from social_cme.app import create_app
from social_cme.extensions import db
from social_cme.jobs.outbox import queue_mail
from social_cme.persistence.transaction import transaction
from social_cme.realtime.roster import SharedRoster
from social_cme.rooms.queries import open_room_by_id
from social_cme.rooms.services.members import ban_member
from tests.conftest import build_settings
from tests.factories import Factory
from tests.server import ROOT, Server, cookie_of

pytestmark = [pytest.mark.faults, pytest.mark.redis]


@pytest.fixture
def settings(database_url: str, tmp_path: Path, redis_url: str) -> Settings:
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    return build_settings(tmp_path / "instance", database_url=database_url, redis_url=redis_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    application = create_app(settings)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
        application.extensions["jobs"].redis_pool.disconnect()


@pytest.fixture
def two(app: Flask, settings: Settings) -> Iterator[tuple[Server, Server]]:
    first, second = Server(settings), Server(settings)
    yield first.start(), second.start()
    first.kill()
    second.kill()


def wait_until(condition: Callable[[], object], seconds: float = 5) -> float:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - begun


class Ears:
    """A connected person who remembers what arrives."""

    def __init__(self, server: Server, cookie: str) -> None:
        self.socket: socketio.Client = server.connect(cookie)
        self.messages: list[dict[str, Any]] = []
        self.whispers: list[dict[str, Any]] = []
        self.socket.on("message", self.messages.extend)
        self.socket.on("ephemeral", self.whispers.append)

    def ask(self, event: str, payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.socket.call(event, payload, timeout=5)
        return answer


def test_a_ban_decided_in_one_process_silences_the_socket_in_another_within_a_second(
    app: Flask, make: Factory, two: tuple[Server, Server]
) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    ears = Ears(two[1], cookie_of(app, make, user))
    assert ears.ask("subscribe", {"channel": f"room:{room.id}", "since": 0})["ok"]
    time.sleep(0.5)  # The process listens to the bus by now.
    ban_member(open_room_by_id(coordinator, room.id), user_id=user.id, reason="Advertising.")
    assert wait_until(lambda: ears.whispers) < 1
    assert ears.whispers[0]["kind"] == "channel.closed"
    assert ears.ask("subscribe", {"channel": f"room:{room.id}", "since": 0})["error"]["code"] == "not_found"
    ears.socket.disconnect()


def test_somebody_in_two_processes_is_present_once_until_the_last_is_gone(app: Flask, settings: Settings) -> None:
    queue = app.extensions["jobs"]
    here, there = (SharedRoster(lambda: redis.Redis(connection_pool=queue.redis_pool)) for _ in range(2))
    here.add("channel:live:1", "7:a")
    there.add("channel:live:1", "7:b")
    there.add("channel:live:1", "8:c")
    assert here.members("channel:live:1") == there.members("channel:live:1") == {"7:a", "7:b", "8:c"}
    there.remove("channel:live:1", "7:b")
    assert here.members("channel:live:1") == {"7:a", "8:c"}


def test_who_was_in_a_process_that_died_is_gone_after_a_while(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = app.extensions["jobs"]
    dead, alive = (SharedRoster(lambda: redis.Redis(connection_pool=queue.redis_pool)) for _ in range(2))
    dead.add("desk", "1:x")
    alive.add("desk", "2:y")
    now = time.time()
    monkeypatch.setattr("social_cme.realtime.roster.time.time", lambda: now + 46)
    alive.renew()
    assert alive.members("desk") == {"2:y"}


def test_without_redis_each_process_goes_on_with_its_own(settings: Settings) -> None:
    pool = redis.BlockingConnectionPool.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    roster = SharedRoster(lambda: redis.Redis(connection_pool=pool))
    roster.add("desk", "1:x")
    begun = time.monotonic()
    for _ in range(100):
        assert roster.members("desk") == {"1:x"}
    roster.renew()
    roster.remove("desk", "1:x")
    assert roster.members("desk") == set()
    assert time.monotonic() - begun < 1


def test_readiness_says_when_redis_is_away(app: Flask, settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    other = create_app(away)
    answer = other.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["parts"] == {"database": "ok", "queue": "unreachable", "sockets": "unreachable"}
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_server_without_its_redis_says_so_in_one_sentence(settings: Settings) -> None:
    server = Server(settings, REDIS_URL="redis://127.0.0.1:1/0")
    assert server.launch().wait(timeout=30) == 2
    assert server.output().strip() == "Redis cannot be reached. Check REDIS_URL and that it runs."


def test_a_client_that_does_not_read_is_dropped_and_costs_nobody_anything(
    app: Flask, settings: Settings, make: Factory, redis_url: str
) -> None:
    server = Server(settings).start()
    try:
        assert server.process is not None
        user, other = make.user(), make.user()
        room = make.room(members=(user, other))
        slow = websocket.create_connection(
            f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket", cookie=cookie_of(app, make, user),
            timeout=5, suppress_origin=True, sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)],
        )  # fmt: skip
        slow.recv()
        slow.send("40")
        slow.send("42" + json.dumps(["subscribe", {"channel": f"room:{room.id}", "since": 0}]))
        ears = Ears(server, cookie_of(app, make, other))
        ears.ask("subscribe", {"channel": f"room:{room.id}", "since": 0})
        before = psutil.Process(server.process.pid).memory_info().rss
        outside = socketio.RedisManager(redis_url, channel="social-cme", write_only=True)
        for number in range(10_000):
            outside.emit("message", [{"seq": number, "text": "x" * 1000}], room=f"room:{room.id}")
            if number % 500 == 499:
                wait_until(lambda number=number: len(ears.messages) == number + 1, 20)  # type: ignore[misc]
        assert psutil.Process(server.process.pid).memory_info().rss - before < 40 * 1024 * 1024
        wait_until(lambda: "does not read" in server.output(), 10)
    finally:
        ears.socket.disconnect()
        slow.shutdown()
        server.kill()


def test_a_process_of_its_own_works_off_the_jobs(app: Flask, settings: Settings, make: Factory) -> None:
    server = Server(settings, JOBS="worker")
    flask = [str(Path(sys.executable).parent / "flask"), "jobs", "work"]
    log = (settings.instance_path / "worker.log").open("wb")
    worker = subprocess.Popen(flask, cwd=ROOT, env=server.environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        with transaction() as tx:
            values = {"display_name": "Ada", "by_link": False}
            queue_mail(tx, recipient="ada@example.org", event="password_changed", values=values)
        folder = settings.instance_path / "mail"
        wait_until(lambda: list(folder.glob("*.eml")) if folder.exists() else [], 20)
        worker.terminate()
        assert worker.wait(timeout=20) == 0
    finally:
        worker.kill()
        worker.wait()
        log.close()
    assert "Stopped." in (settings.instance_path / "worker.log").read_text()
