"""The queue: jobs run in their own context, are tried again, survive a restart, and nothing else can put code into it."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from config import Settings
from social_cme.accounts.models import User
from social_cme.app import create_app
from social_cme.extensions import db
from social_cme.jobs import delivery
from social_cme.jobs.queue import JOBS, MAX_ATTEMPTS, JobQueue, enqueue, job
from social_cme.jobs.runner import JobRunner
from social_cme.persistence.transaction import transaction
from tests.factories import Factory

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def calls() -> Iterator[list[Any]]:
    """Jobs for tests: ``test.note`` remembers, ``test.fail`` fails."""
    seen: list[Any] = []

    @job("test.note")
    def _note(value: Any) -> None:
        seen.append((value, current_app.name, threading.current_thread().name))

    @job("test.fail")
    def _fail() -> None:
        seen.append("tried")
        raise RuntimeError("broken")

    yield seen
    del JOBS["test.note"], JOBS["test.fail"]


@pytest.fixture
def waiting(settings: Settings) -> Iterator[Flask]:
    """An application whose queue is a file and which runs jobs only when somebody starts a runner."""
    application = create_app(settings.model_copy(update={"environment": "development"}))
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
        application.extensions["jobs"].huey.storage.close()


def queue_of(app: Flask) -> JobQueue:
    queue: JobQueue = app.extensions["jobs"]
    return queue


def test_in_tests_a_job_runs_at_once(app: Flask, calls: list[Any]) -> None:
    enqueue("test.note", value=7)
    assert [value for value, _app, _thread in calls] == [7]


def test_an_unknown_job_is_a_mistake_at_once(app: Flask) -> None:
    with pytest.raises(KeyError):
        enqueue("test.unknown")


def test_a_job_sees_what_was_committed_and_leaves_the_callers_rows_alone(app: Flask, make: Factory) -> None:
    user = make.user("Before")

    @job("test.read")
    def _read(user_id: int) -> None:
        assert db.session.get_one(User, user_id).display_name == "After"

    with transaction() as tx:
        user.display_name = "After"
        tx.after_commit(lambda: enqueue("test.read", user_id=user.id))
    assert user.display_name == "After"
    del JOBS["test.read"]


def test_a_job_that_fails_is_tried_again_later_but_not_for_ever(waiting: Flask, calls: list[Any]) -> None:
    queue = queue_of(waiting)
    queue.run("test.fail", {}, attempt=1)
    assert queue.huey.scheduled_count() == 1
    [task] = queue.huey.scheduled()
    assert task.args == ("test.fail", {}, 2)
    assert task.eta is not None
    queue.run("test.fail", {}, attempt=MAX_ATTEMPTS)
    assert queue.huey.scheduled_count() == 1


def test_a_job_that_nobody_knows_any_more_is_dropped(waiting: Flask) -> None:
    queue_of(waiting).run("test.of_an_older_version", {})
    assert queue_of(waiting).huey.scheduled_count() == 0


def test_a_job_waits_in_its_file_for_the_next_process(waiting: Flask, settings: Settings, calls: list[Any]) -> None:
    enqueue("test.note", value="kept")
    queue_of(waiting).huey.storage.close()
    again = create_app(settings.model_copy(update={"environment": "development"}))
    queue = queue_of(again)
    assert queue.huey.pending_count() == 1
    queue.huey.execute(queue.huey.dequeue())
    assert [value for value, _app, _thread in calls] == ["kept"]
    queue.huey.storage.close()
    with again.app_context():
        db.session.remove()
        db.engine.dispose()
    with again.app_context():
        db.engine.dispose()


def test_what_was_not_signed_by_us_is_never_unpacked(waiting: Flask) -> None:
    queue = queue_of(waiting)
    marker: list[int] = []

    class Trap:
        def __reduce__(self) -> Any:
            return (marker.append, (1,))

    queue.huey.storage.enqueue(pickle.dumps(Trap()) + b":" + b"0" * 40)
    with pytest.raises(ValueError, match="mismatch"):
        queue.huey.dequeue()
    assert marker == []


def test_a_runner_works_off_the_queue_and_stops(waiting: Flask, calls: list[Any]) -> None:
    runner = JobRunner(waiting, workers=2)
    runner.start()
    for number in range(10):
        enqueue("test.note", value=number)
    wait_until(lambda: len(calls) == 10)
    runner.stop()
    assert sorted(value for value, _app, _thread in calls) == list(range(10))
    assert all(name != "MainThread" for _value, _app, name in calls)
    enqueue("test.note", value="later")
    time.sleep(0.3)
    assert len(calls) == 10


def test_a_scheduled_job_runs_at_start_and_goes_on_after_a_failure(waiting: Flask) -> None:
    seen: list[float] = []

    @job("test.tick", every_seconds=1)
    def _tick() -> None:
        seen.append(time.monotonic())
        raise RuntimeError("broken")

    runner = JobRunner(waiting)
    runner.start()
    wait_until(lambda: len(seen) >= 3)
    runner.stop()
    del JOBS["test.tick"]
    assert seen[1] - seen[0] >= 0.9


def test_however_many_commits_there_are_delivery_follows_once(waiting: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    monkeypatch.setattr("social_cme.jobs.runner.deliver_facts", lambda: (runs.append(1), time.sleep(0.2)))
    schedule = {name: one for name, one in JOBS.items() if one.every_seconds is not None}
    for name in schedule:
        monkeypatch.delitem(JOBS, name)
    runner = JobRunner(waiting)
    runner.start()
    for _ in range(50):
        delivery.facts_waiting.set()
        time.sleep(0.002)
    time.sleep(0.5)
    runner.stop()
    assert 1 <= len(runs) <= 3


def test_the_command_line_leaves_no_queue_behind(waiting: Flask, settings: Settings) -> None:
    assert not (settings.instance_path / "jobs.sqlite3").exists()
    assert db.session.scalar(select(User.id)) is None


def wait_until(condition: Any, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)
