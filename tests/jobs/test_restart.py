"""Jobs and facts of a server that was killed are done by the next one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from social_cme.app import create_app
from social_cme.extensions import db
from social_cme.jobs.outbox import queue_mail
from social_cme.persistence.delivery import pending_count
from social_cme.persistence.transaction import transaction
from tests.factories import Factory
from tests.server import Server

pytestmark = pytest.mark.faults


def wait_until(condition: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.1)


def test_a_job_put_before_the_kill_is_done_after_the_restart(settings: Settings, app: Flask, server: Server) -> None:
    server.start()
    server.kill()
    # What a killed server leaves: a job in its file, and a mail whose job was lost.
    elsewhere = create_app(settings.model_copy(update={"environment": "development"}))
    with elsewhere.app_context():
        with transaction() as tx:
            queue_mail(
                tx,
                recipient="ada@example.org",
                event="password_changed",
                values={"display_name": "Ada", "by_link": False},
            )
        assert elsewhere.extensions["jobs"].huey.pending_count() == 1
        elsewhere.extensions["jobs"].huey.storage.close()
        db.session.remove()
        db.engine.dispose()
    folder = settings.instance_path / "mail"
    assert not folder.exists()
    server.start()
    wait_until(lambda: list(folder.glob("*.eml")) if folder.exists() else [])
    time.sleep(1)
    assert len(list(folder.glob("*.eml"))) == 1


def test_facts_that_nobody_heard_are_heard_after_the_restart(app: Flask, make: Factory, server: Server) -> None:
    server.start()
    server.kill()
    from social_cme.rooms.queries import open_room_by_id
    from social_cme.rooms.services.joining import join_room

    room = make.room(coordinator=make.user())
    join_room(open_room_by_id(make.user(), room.id), accepted_version=room.ground_rules_version)
    waiting = pending_count()
    assert waiting > 0
    server.start()
    wait_until(lambda: (db.session.rollback(), pending_count() == 0)[1])


def test_a_server_asked_to_stop_finishes_and_says_so(server: Server, tmp_path: Path) -> None:
    server.start()
    begun = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begun < 12
    assert "Traceback" not in server.output()
