"""Attendance: what a browser that is open, hidden, doubled or dropped leaves on record."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Forbidden
from social_cme.extensions import db
from social_cme.live.models import AttendanceInterval, LiveSession
from social_cme.live.queries.attendance import count_present, list_intervals, recorded_seconds
from social_cme.live.services import attendance, leading, pausing
from social_cme.live.services.settling import settle
from social_cme.persistence.facts import facts_since
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Membership
from social_cme.rooms.queries import open_room
from tests.live.stage import NOON, Stage, beats


def started(stage: Stage) -> LiveSession:
    with clock.at(NOON):
        return stage.running()


def end(stage: Stage, session: LiveSession, after: float) -> None:
    with clock.at(NOON + timedelta(seconds=after)):
        leading.end_session(stage.ctx(stage.mentor), session.id)


def so_far(user: User, session: LiveSession) -> int:
    return recorded_seconds(user.id, session.id)


def on_record(user: User) -> list[int]:
    """Return the seconds of every closed stretch, as the facts of the person tell them."""
    facts = facts_since(db.session(), f"user:{user.id}", since=0, limit=100)
    return [int(fact.data["seconds"]) for fact in facts if fact.kind == "attendance.closed"]


def voided(user: User) -> list[int]:
    """Return the seconds of every stretch that no longer counts."""
    facts = facts_since(db.session(), f"user:{user.id}", since=0, limit=100)
    return [int(fact.data["seconds"]) for fact in facts if fact.kind == "attendance.voided"]


def test_a_page_that_stays_open_is_one_stretch(stage: Stage) -> None:
    session = started(stage)
    pulse = stage.beat(session, *beats(NOON, seconds=600))
    assert (pulse.counted, pulse.seconds, pulse.present, pulse.state) == (True, 600, 1, "live")
    end(stage, session, 610)
    assert on_record(stage.learner) == [600]
    assert [one.is_open for one in list_intervals(session.id)] == [False]


@pytest.mark.parametrize(("gap", "stretches", "seconds"), [(89, 1, 209), (90, 2, 120), (91, 2, 120)])
def test_a_gap_of_90_seconds_is_where_a_new_stretch_begins(
    stage: Stage, gap: int, stretches: int, seconds: int
) -> None:
    session = started(stage)
    stage.beat(session, *beats(NOON, seconds=60), *beats(NOON + timedelta(seconds=60 + gap), seconds=60))
    end(stage, session, 300)
    assert len(list_intervals(session.id)) == stretches
    assert sum(on_record(stage.learner)) == seconds


def test_tabs_and_devices_count_once(stage: Stage) -> None:
    session = started(stage)
    both = sorted([*beats(NOON, seconds=300), *beats(NOON + timedelta(seconds=7), seconds=300)])
    stage.beat(session, *both)
    end(stage, session, 400)
    assert on_record(stage.learner) == [307]


def test_nothing_counts_before_the_start(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.session()
    pulse = stage.beat(session, *beats(NOON, seconds=600))
    assert (pulse.counted, pulse.seconds) == (False, 0)
    with clock.at(NOON + timedelta(seconds=610)):
        leading.start_session(stage.ctx(stage.mentor), session.id)
    stage.beat(session, *beats(NOON + timedelta(seconds=620), seconds=60))
    end(stage, session, 700)
    assert on_record(stage.learner) == [60]


def test_nothing_counts_after_the_end(stage: Stage) -> None:
    session = started(stage)
    stage.beat(session, *beats(NOON, seconds=60))
    end(stage, session, 65)
    pulse = stage.beat(session, *beats(NOON + timedelta(seconds=70), seconds=600))
    assert (pulse.counted, pulse.state, pulse.seconds) == (False, "ended", 60)
    assert on_record(stage.learner) == [60]


def test_a_stretch_that_nobody_hears_of_ends_at_its_last_heartbeat(stage: Stage) -> None:
    session = started(stage)
    stage.beat(session, *beats(NOON, seconds=60))
    for later, closed in ((60 + 89, 0), (60 + 90, 1), (600, 0)):
        with clock.at(NOON + timedelta(seconds=later)):
            assert attendance.close_stale() == closed
    assert on_record(stage.learner) == [60]


def test_more_stretches_than_one_batch_are_closed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attendance, "CLOSE_AT_ONCE", 2)
    session = started(stage)
    people = [stage.make.user() for _ in range(5)]
    for user in people:
        stage.make.membership(stage.room, user)
        stage.beat(session, NOON, NOON + timedelta(seconds=20), user=user)
    with clock.at(NOON + timedelta(seconds=200)):
        assert attendance.close_stale() == 5
    assert [on_record(user) for user in people] == [[20]] * 5


def test_heartbeats_that_follow_closely_write_nothing(stage: Stage) -> None:
    session = started(stage)
    stage.beat(session, NOON, NOON + timedelta(seconds=4))
    [stretch] = list_intervals(session.id)
    assert stretch.last_at == NOON
    # A hundred times as fast, and still no more than the time that passes.
    stage.beat(session, *[NOON + timedelta(seconds=4 + number / 10) for number in range(100)])
    assert so_far(stage.learner, session) <= 14


def test_a_clock_that_jumps_gives_and_takes_nothing_it_should_not(stage: Stage) -> None:
    session = started(stage)
    stage.beat(session, *beats(NOON, seconds=300))
    # An hour back: the same wall-clock time comes round again.
    stage.beat(session, *beats(NOON - timedelta(minutes=60), seconds=300))
    # A day ahead for one heartbeat, then right again.
    stage.beat(session, NOON + timedelta(days=1))
    stage.beat(session, *beats(NOON + timedelta(seconds=330), seconds=270))
    end(stage, session, 600)
    seconds = on_record(stage.learner)
    assert all(one >= 0 for one in seconds)
    assert sum(seconds) == 300 + 270 + 30
    assert so_far(stage.learner, session) == sum(seconds)


def test_who_only_reads_is_not_counted(stage: Stage) -> None:
    session = started(stage)
    for user in (stage.make.user(), stage.make.user(role="auditor")):
        assert not stage.beat(session, NOON, NOON + timedelta(seconds=60), user=user).counted
    with clock.at(NOON):
        assert not attendance.heartbeat(stage.ctx(None), session.id).counted
    assert list_intervals(session.id) == []


def test_a_member_who_was_removed_is_counted_no_more(stage: Stage) -> None:
    session = started(stage)
    stage.beat(session, *beats(NOON, seconds=60))
    with transaction() as tx:
        row = tx.session.query(Membership).filter_by(room_id=stage.room.id, user_id=stage.learner.id).one()
        row.state = "removed"
    assert not stage.beat(session, NOON + timedelta(seconds=75)).counted
    end(stage, session, 600)
    assert on_record(stage.learner) == [60]


def test_a_banned_member_is_not_let_in(stage: Stage) -> None:
    session = started(stage)
    stage.make.membership(stage.room, banned := stage.make.user(), state="banned")
    with pytest.raises(Exception, match="nothing here"):
        stage.ctx(banned)
    assert session.state == "live"


def test_two_tabs_that_open_at_once_share_one_stretch(app: Flask, stage: Stage) -> None:
    session_id, slug, user_id = stage.running().id, stage.room.slug, stage.learner.id
    db.session.remove()
    failed: list[BaseException] = []
    ready = threading.Barrier(8)

    def beat() -> None:
        try:
            ready.wait(timeout=20)
            with app.app_context():
                attendance.heartbeat(open_room(db.session.get(User, user_id), slug), session_id)
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
            failed.append(error)

    threads = [threading.Thread(target=beat) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    assert db.session.scalar(select(func.count(AttendanceInterval.id))) == 1


def test_everybody_is_counted_as_present_until_45_seconds_pass(stage: Stage) -> None:
    session = started(stage)
    for user in (stage.learner, stage.peer, stage.mentor):
        stage.beat(session, NOON, user=user)
    for later, count in ((45, 3), (46, 0)):
        with clock.at(NOON + timedelta(seconds=later)):
            assert count_present(session.id) == count


@pytest.mark.sqlite_only
def test_a_session_across_midnight_and_a_change_of_clocks_has_its_real_length(stage: Stage) -> None:
    start = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # Ten minutes before Berlin sets its clocks back.
    with clock.at(start - timedelta(minutes=10)):
        session = stage.running(
            starts=datetime(2026, 10, 25, 2, 50),
            ends=datetime(2026, 10, 25, 4, 0),
            time_zone="Europe/Berlin",
        )
    assert (session.starts_at, session.ends_at) == (start, start + timedelta(hours=2, minutes=10))
    stage.beat(session, *beats(start, seconds=7200, step=60))
    with clock.at(start + timedelta(seconds=7200)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    assert on_record(stage.learner) == [7200]


def test_a_place_is_needed_to_be_counted_where_places_are_limited(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running(capacity=1)
    assert not stage.beat(session, NOON).counted
    assert stage.beat(session, NOON, user=stage.mentor).counted
    with pytest.raises(Forbidden):
        stage.ask(session)


def hour(stage: Stage, after: float) -> LiveSession:
    """Start another session some seconds after noon."""
    with clock.at(NOON + timedelta(seconds=after)):
        return stage.running()


def test_two_sessions_at_once_are_counted_once_for_the_one_heard_first(stage: Stage) -> None:
    first, second = started(stage), hour(stage, 1)
    stage.beat(first, *beats(NOON + timedelta(seconds=10), seconds=600))
    # Ten minutes in both, then five in the second alone.
    pulse = stage.beat(second, *beats(NOON + timedelta(seconds=70), seconds=840))
    assert pulse.seconds == 300
    end(stage, second, 1000)
    end(stage, first, 1000)
    assert (so_far(stage.learner, first), so_far(stage.learner, second)) == (600, 300)
    assert sum(on_record(stage.learner)) - sum(voided(stage.learner)) == 900


@pytest.mark.parametrize("ends_first", [0, 1])
def test_which_session_ends_first_does_not_matter(stage: Stage, ends_first: int) -> None:
    sessions = [started(stage), hour(stage, 1)]
    moments = beats(NOON + timedelta(seconds=30), seconds=600)
    for number, moment in enumerate(moments):
        stage.beat(sessions[0], moment)
        # The second is heard a little later, and is left in between.
        if number not in range(10, 20):
            stage.beat(sessions[1], moment + timedelta(seconds=1))
    order = sessions if ends_first == 0 else sessions[::-1]
    for one in order:
        end(stage, one, 700)
    assert [so_far(stage.learner, one) for one in sessions] == [600, 1]
    assert sum(on_record(stage.learner)) - sum(voided(stage.learner)) == 601


def test_what_does_not_count_in_one_session_is_free_for_the_other(stage: Stage) -> None:
    first, second = started(stage), hour(stage, 1)
    stage.beat(first, *beats(NOON + timedelta(seconds=10), seconds=300))
    stage.beat(second, *beats(NOON + timedelta(seconds=20), seconds=290))
    with clock.at(NOON + timedelta(seconds=310)):
        pausing.pause_session(stage.ctx(stage.mentor), first.id)
    for moment in beats(NOON + timedelta(seconds=315), seconds=300):
        stage.beat(first, moment)
        pulse = stage.beat(second, moment)
    assert (pulse.counted, pulse.why) == (True, "")
    end(stage, first, 700)
    end(stage, second, 700)
    assert (so_far(stage.learner, first), so_far(stage.learner, second)) == (300, 305)


def test_somebody_in_another_session_is_told_where_the_minutes_go(stage: Stage) -> None:
    first, second = started(stage), hour(stage, 1)
    stage.beat(first, *beats(NOON + timedelta(seconds=10), seconds=60))
    pulse = stage.beat(second, *beats(NOON + timedelta(seconds=20), seconds=45))
    assert (pulse.counted, pulse.why, pulse.seconds) == (False, "overlap", 0)


def test_a_kill_loses_at_most_twenty_seconds(app: Flask, stage: Stage) -> None:
    """Every heartbeat is committed before it is answered: what was acknowledged is in the file when the process is gone."""
    session = started(stage)
    stage.beat(session, *beats(NOON, seconds=595))
    session_id, user_id = session.id, stage.learner.id
    # A second connection sees what another process would find after a kill at 12:10:00.
    db.session.remove()
    with db.engine.connect() as other:
        statement = select(AttendanceInterval.last_at).where(AttendanceInterval.user_id == user_id)
        last_at = other.execute(statement).scalar_one()
    assert NOON + timedelta(seconds=600) - last_at <= timedelta(seconds=20)
    # The new process closes it and counts it, though no page ever came back.
    with clock.at(NOON + timedelta(seconds=900)):
        attendance.close_stale()
    assert recorded_seconds(user_id, session_id) == 585


def test_settling_again_changes_nothing(stage: Stage) -> None:
    session = started(stage)
    stage.beat(session, *beats(NOON, seconds=600))
    end(stage, session, 610)
    for _ in range(2):
        with transaction() as tx:
            settle(tx, session.id)
    assert (on_record(stage.learner), voided(stage.learner)) == ([600], [])


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("America/New_York", datetime(2026, 3, 8, 6, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 30, tzinfo=UTC)),
    ],
)
def test_a_pause_and_a_break_in_a_night_when_clocks_change_have_their_real_length(
    stage: Stage, zone: str, start: datetime
) -> None:
    wall = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    with clock.at(start - timedelta(minutes=10)):
        session = stage.session(starts=wall, ends=wall + timedelta(hours=5), time_zone=zone)
    with clock.at(start):
        leading.start_session(stage.ctx(stage.mentor), session.id)
    stage.beat(session, *beats(start, seconds=1500, step=60))
    with clock.at(start + timedelta(seconds=1500)):
        pausing.pause_session(stage.ctx(stage.mentor), session.id)
    stage.beat(session, *beats(start + timedelta(seconds=1500), seconds=600, step=60))
    with clock.at(start + timedelta(seconds=2100)):
        pausing.resume_session(stage.ctx(stage.mentor), session.id)
    stage.beat(session, *beats(start + timedelta(seconds=2100), seconds=900, step=60))
    with clock.at(start + timedelta(seconds=3000)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    assert on_record(stage.learner) == [1500, 900]


def test_a_heartbeat_costs_the_same_however_long_somebody_was_there(stage: Stage, count_queries: Any) -> None:
    session = started(stage)
    stage.beat(session, NOON, NOON + timedelta(seconds=15))
    with count_queries() as few:
        stage.beat(session, NOON + timedelta(seconds=30))
    for number in range(1, 6):
        stage.beat(session, *beats(NOON + timedelta(seconds=200 * number), seconds=60))
    with count_queries() as many:
        stage.beat(session, NOON + timedelta(seconds=1075))
    assert len(many) <= len(few)
