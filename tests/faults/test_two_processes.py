"""Two server processes on one PostgreSQL and one Redis behave as one server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from social_cme.accounts.services.logins import end_all_logins
from social_cme.app import create_app
from social_cme.extensions import db
from tests import postgres
from tests.conftest import build_settings, migrate_database
from tests.factories import Factory
from tests.faults.conftest import Member, Scene, plant
from tests.server import Server

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.redis]


@pytest.fixture
def settings(postgres_server: str, redis_url: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of both processes; overrides the embedded defaults."""
    address = postgres.create_database(postgres_server, "two_processes")
    one = build_settings(tmp_path / "instance", database_url=address, redis_url=redis_url)
    migrate_database(one)
    yield one
    postgres.drop_database(postgres_server, "two_processes")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application of this test's own process, on the same servers."""
    application = create_app(settings)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def two(app: Flask, make: Factory, settings: Settings) -> Iterator[tuple[Scene, Server]]:
    """A planted scene on the first process, and the second process."""
    scene = plant(app, make, Server(settings).start())
    second = Server(settings).start()
    yield scene, second
    scene.server.kill()
    second.kill()


def _wait_until(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def test_what_is_said_in_one_process_is_heard_in_the_other(two: tuple[Scene, Server]) -> None:
    scene, second = two
    here = Member(scene, scene.cookie(scene.people[0]))
    there = Member(scene, scene.cookie(scene.people[1]), server=second)
    here.join()
    there.join()
    for count in range(20):
        sender = here if count % 2 else there
        sender.send("chat.post", {"session_id": scene.session_id, "body": f"Line {count}"})
    _wait_until(lambda: here.kinds == there.kinds and len(here.kinds) >= 20)
    assert sorted(here.kinds) == list(range(1, len(here.kinds) + 1))
    here.leave()
    there.leave()


def test_a_log_out_in_one_process_ends_the_socket_in_the_other(two: tuple[Scene, Server]) -> None:
    scene, second = two
    person = scene.people[2]
    there = Member(scene, scene.cookie(person), server=second)
    there.join()
    assert there.socket is not None
    end_all_logins(person)
    _wait_until(lambda: there.socket is not None and not there.socket.connected, 5)


def test_a_process_that_dies_leaves_its_people_to_the_other(two: tuple[Scene, Server]) -> None:
    scene, second = two
    member = Member(scene, scene.cookie(scene.people[3]))
    writer = Member(scene, scene.cookie(scene.people[4]), server=second)
    member.join()
    scene.server.kill()
    for count in range(5):
        writer.send("chat.post", {"session_id": scene.session_id, "body": f"Line {count}"})
    member.server = second
    member.join()
    _wait_until(lambda: member.kinds == writer.kinds)
    assert len(member.kinds) >= 5
    assert sorted(member.kinds) == list(range(1, len(member.kinds) + 1))
