"""A planted room with a running session, and people with sockets that can be cut."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import socketio
from flask import Flask

from config import Settings
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.services import threads
from social_cme.live.services import leading, schedule
from social_cme.persistence.transaction import transaction
from social_cme.rooms.queries import open_room
from tests.factories import Factory
from tests.server import Server, cookie_of


@dataclass
class Scene:
    """What a fault test plays on; threads of a test use the ids alone, rows belong to the test's own database session."""

    app: Flask
    make: Factory
    server: Server
    room_slug: str
    thread_id: int
    session_id: int
    mentor: User
    people: list[User]
    people_ids: list[int]

    @property
    def channel(self) -> str:
        """The channel of the running session."""
        return f"live:{self.session_id}"

    def cookie(self, user: User) -> str:
        """Cookie of a fresh log-in."""
        return cookie_of(self.app, self.make, user)


@pytest.fixture
def async_mode() -> str:
    """How the server serves many at once; a test may be given both."""
    return "eventlet"


@pytest.fixture
def scene(app: Flask, make: Factory, settings: Settings, async_mode: str) -> Iterator[Scene]:
    """A room with a mentor, 20 learners, a thread and a running session, served by a process that may be killed."""
    one = plant(app, make, Server(settings, ASYNC_MODE=async_mode).start())
    yield one
    one.server.kill()


def plant(app: Flask, make: Factory, server: Server, *, people: int = 20) -> Scene:
    """Make the room and what is in it, on the data of *server*."""
    with transaction():
        mentor = make.user()
        members = [make.user() for _ in range(people)]
        room = make.room(mentor=mentor, members=tuple(members))
    door = open_room(mentor, room.slug)
    thread = threads.post_thread(door, kind="question", title="Which dose is right?", body="A question for all of us.")
    starts = clock.now().replace(tzinfo=None) + timedelta(minutes=5)
    plan = schedule.Plan(
        title="Questions and answers",
        starts=starts,
        ends=starts + timedelta(hours=1),
        time_zone="UTC",
        mentor_ids=(mentor.id,),
    )
    session = schedule.schedule_session(door, plan=plan)
    leading.start_session(door, session.id)
    ids = [person.id for person in members]
    return Scene(app, make, server, room.slug, thread.id, session.id, mentor, members, ids)


@dataclass
class Member:
    """A client that keeps what it has, as the pages' own script does: in order, by number, asking for what it missed."""

    scene: Scene
    cookie: str
    kinds: dict[int, tuple[str, str]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    server: Server | None = None
    socket: socketio.Client | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def last(self) -> int:
        """The last number up to which nothing is missing."""
        number = 0
        while number + 1 in self.kinds:
            number += 1
        return number

    def join(self) -> None:
        """Connect, follow the session, and fetch what was missed."""
        one = (self.server or self.scene.server).connect(self.cookie)
        one.on("message", self._keep)
        self.socket = one
        while True:
            with self.lock:
                since = self.last
            answer = one.call("subscribe", {"channel": self.scene.channel, "since": since}, timeout=15)
            assert answer["ok"], answer
            self._keep(answer["messages"])
            if not answer["more"]:
                return

    def leave(self) -> None:
        """Drop the connection without a word."""
        if self.socket is not None:
            self.socket.disconnect()
            self.socket = None

    def send(self, event: str, payload: dict[str, Any], *, tries: int = 60) -> dict[str, Any]:
        """Send a command until it is acknowledged, across reconnects, always under the same client id."""
        named = {**payload, "client_id": uuid.uuid4().hex}
        for _ in range(tries):
            try:
                if self.socket is None:
                    self.join()
                assert self.socket is not None
                answer: dict[str, Any] = self.socket.call(event, named, timeout=15)
            except (socketio.exceptions.SocketIOError, OSError, ValueError):
                self.socket = None
                time.sleep(0.2)
                continue
            assert answer["ok"], answer
            self.acknowledged.append(named["client_id"])
            return answer
        raise AssertionError(f"{event} was never acknowledged")

    def _keep(self, messages: Any) -> None:
        with self.lock:
            for one in messages if isinstance(messages, list) else [messages]:
                identity = str(
                    sorted((k, v) for k, v in one["data"].items() if k in {"id", "question_id", "message_id"})
                )
                self.kinds[one["seq"]] = (one["kind"], identity)


@pytest.fixture
def in_parallel() -> Callable[[list[Callable[[], None]]], None]:
    """Run functions at the same time and hand on the first failure."""

    def run(functions: list[Callable[[], None]]) -> None:
        failures: list[BaseException] = []

        def guarded(function: Callable[[], None]) -> None:
            try:
                function()
            except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
                failures.append(error)

        threads_ = [threading.Thread(target=guarded, args=(one,), daemon=True) for one in functions]
        for one in threads_:
            one.start()
        for one in threads_:
            one.join(timeout=180)
        if failures:
            raise failures[0]
        assert not any(one.is_alive() for one in threads_)

    return run
