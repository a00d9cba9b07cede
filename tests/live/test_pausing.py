"""A pause: who may, what stands still, what stays open, and what is not counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, NotFound
from social_cme.extensions import db
from social_cme.live import jobs
from social_cme.live.channels import project
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession, SessionPause
from social_cme.live.services import leading, pausing
from tests.live.stage import NOON, Stage, beats
from tests.live.test_attendance import on_record


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.at(NOON):
        yield


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def pause(stage: Stage, session: LiveSession, minutes: float) -> None:
    with clock.at(at(minutes)):
        pausing.pause_session(stage.ctx(stage.mentor), session.id)


def resume(stage: Stage, session: LiveSession, minutes: float) -> None:
    with clock.at(at(minutes)):
        pausing.resume_session(stage.ctx(stage.mentor), session.id)


def test_a_pause_is_not_counted_and_people_stay_present(stage: Stage) -> None:
    session = stage.running()
    stage.beat(session, *beats(NOON, seconds=600, step=60))
    pause(stage, session, 10)
    pulse = stage.beat(session, *beats(at(10), seconds=300, step=60))
    assert (pulse.counted, pulse.why, pulse.seconds, pulse.present, pulse.state) == (False, "pause", 600, 1, "live")
    stage.say(session, "Back in five?")
    resume(stage, session, 15)
    pulse = stage.beat(session, *beats(at(15), seconds=300, step=60))
    assert (pulse.counted, pulse.seconds) == (True, 900)
    with clock.at(at(20)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    assert on_record(stage.learner) == [600, 300]


def test_the_end_moves_by_the_length_of_the_pause(stage: Stage) -> None:
    session = stage.running()
    end = session.ends_at
    pause(stage, session, 10)
    assert (session.paused_at, session.ends_at) == (at(10), end)
    resume(stage, session, 17)
    assert (session.paused_at, session.ends_at) == (None, end + timedelta(minutes=7))


def test_pausing_and_resuming_twice_is_once(stage: Stage) -> None:
    session = stage.running()
    pause(stage, session, 1)
    pause(stage, session, 2)
    resume(stage, session, 3)
    resume(stage, session, 4)
    assert stage.kinds(session)[-2:] == ["session.paused", "session.resumed"]
    assert [(one.started_at, one.ended_at) for one in db.session.query(SessionPause)] == [(at(1), at(3))]
    for _ in range(2):
        pausing.pause_session(stage.ctx(stage.mentor), session.id, client_id="pause-0001")
        pausing.resume_session(stage.ctx(stage.mentor), session.id, client_id="resume-0001")
    assert stage.kinds(session).count("session.paused") == 2


def test_only_who_leads_a_running_session_pauses_it(stage: Stage) -> None:
    session = stage.session()
    for act in (pausing.pause_session, pausing.resume_session):
        with pytest.raises(Conflict):
            act(stage.ctx(stage.mentor), session.id)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    for act in (pausing.pause_session, pausing.resume_session):
        for user in (stage.learner, stage.make.user(), None):
            with pytest.raises(Forbidden):
                act(stage.ctx(user), session.id)
        with pytest.raises(NotFound):
            act(stage.ctx(stage.mentor, stage.other_room), session.id)
    assert session.paused_at is None


def test_a_session_that_ends_in_a_pause_ends_the_pause(stage: Stage) -> None:
    session = stage.running()
    stage.beat(session, *beats(NOON, seconds=600, step=60))
    pause(stage, session, 5)
    stage.beat(session, *beats(at(10), seconds=60, step=60))
    with clock.at(at(12)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    assert on_record(stage.learner) == [300]
    assert session.paused_at is None
    assert [one.ended_at for one in db.session.query(SessionPause)] == [at(12)]


def test_a_pause_keeps_an_overdue_session_alive_for_four_hours(stage: Stage) -> None:
    session = stage.running()
    pause(stage, session, 10)
    with clock.at(at(10 + 239)):
        jobs.end_overdue()
    assert session.state == SessionState.LIVE
    with clock.at(at(10 + 240)):
        jobs.end_overdue()
    db.session.expire_all()
    assert session.state == SessionState.ENDED


def test_everybody_hears_of_a_pause_with_the_session_as_it_is(stage: Stage) -> None:
    session = stage.running()
    pause(stage, session, 10)
    shown = project(stage.facts(session)[-1:])[0]
    assert shown is not None
    assert shown["session"]["paused_at"] == clock.iso(at(10)).replace(".000Z", "Z")
