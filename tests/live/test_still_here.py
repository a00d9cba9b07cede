""" "Are you still here?": when it is asked, what answers it, and what a question without an answer takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.models import LiveSession, StillHere
from social_cme.live.services import attendance, leading, pausing, schedule
from social_cme.persistence.facts import facts_since
from tests.live.stage import NOON, Stage, beats
from tests.live.test_attendance import on_record, voided


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.at(NOON):
        yield


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def stay(stage: Stage, session: LiveSession, start: float, end: float) -> attendance.Pulse:
    """Keep the page open from one minute to another."""
    return stage.beat(session, *beats(at(start), seconds=(end - start) * 60, step=60))


def confirm(stage: Stage, session: LiveSession, minutes: float) -> attendance.Pulse:
    with clock.at(at(minutes)):
        return attendance.confirm_presence(stage.ctx(stage.learner), session.id)


def end(stage: Stage, session: LiveSession, minutes: float) -> None:
    with clock.at(at(minutes)):
        leading.end_session(stage.ctx(stage.mentor), session.id)


def test_nobody_is_asked_where_the_session_does_not_ask(stage: Stage) -> None:
    session = stage.running()
    pulse = stay(stage, session, 0, 60)
    assert (pulse.answer_by, pulse.counted, pulse.seconds) == (None, True, 3600)


def test_it_is_asked_after_the_minutes_that_the_session_says_with_three_to_answer(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    assert stay(stage, session, 0, 14).answer_by is None
    pulse = stay(stage, session, 15, 15)
    assert (pulse.answer_by, pulse.counted, pulse.seconds) == (clock.iso(at(18)), True, 900)


def test_the_button_answers_and_nothing_is_lost(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    stay(stage, session, 0, 16)
    pulse = confirm(stage, session, 16)
    assert (pulse.answer_by, pulse.counted) == (None, True)
    assert stay(stage, session, 17, 30).seconds == 30 * 60
    end(stage, session, 30)
    assert on_record(stage.learner) == [1800]


@pytest.mark.parametrize(
    "act",
    [
        lambda stage, session: stage.say(session),
        lambda stage, session: stage.ask(session),
        lambda stage, session: stage.vote(session, stage.ask(session, stage.peer), stage.learner),
    ],
    ids=["chat", "question", "vote"],
)
def test_whatever_somebody_does_answers_as_well(stage: Stage, act: Callable[[Stage, LiveSession], object]) -> None:
    session = stage.running(still_here_minutes=15)
    stay(stage, session, 0, 16)
    with clock.at(at(17)):
        act(stage, session)
    pulse = stay(stage, session, 17, 30)
    assert (pulse.answer_by, pulse.seconds) == (None, 30 * 60)


def test_what_others_do_is_no_answer(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    stay(stage, session, 0, 16)
    with clock.at(at(17)):
        stage.say(session, user=stage.peer)
    assert stay(stage, session, 17, 17).answer_by == clock.iso(at(18))


def test_an_hour_without_a_sign_of_life_is_worth_nothing_until_somebody_is_back(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    pulse = stay(stage, session, 0, 60)
    assert (pulse.counted, pulse.why, pulse.seconds) == (False, "unanswered", 0)
    assert pulse.answer_by == clock.iso(at(18))
    assert confirm(stage, session, 60).counted
    assert stay(stage, session, 61, 70).seconds == 600
    end(stage, session, 70)
    assert on_record(stage.learner) == [600]


def test_exactly_eighteen_minutes_are_still_in_time(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    stay(stage, session, 0, 18)
    confirm(stage, session, 18)
    assert stay(stage, session, 19, 20).seconds == 20 * 60


def test_a_session_that_ends_within_the_grace_takes_nothing(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    stay(stage, session, 0, 17)
    end(stage, session, 17)
    assert on_record(stage.learner) == [17 * 60]


def test_a_pause_does_not_run_the_clock_of_the_question(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    stay(stage, session, 0, 10)
    with clock.at(at(10)):
        pausing.pause_session(stage.ctx(stage.mentor), session.id)
    assert stay(stage, session, 10, 40).answer_by is None
    with clock.at(at(40)):
        pausing.resume_session(stage.ctx(stage.mentor), session.id)
    assert stay(stage, session, 40, 44).answer_by is None
    assert stay(stage, session, 45, 45).answer_by == clock.iso(at(48))


def test_coming_back_after_a_gap_is_no_sign_of_life_by_itself(stage: Stage) -> None:
    """A page that a network drops and finds again must not answer for the person before it."""
    session = stage.running(still_here_minutes=15)
    stay(stage, session, 0, 10)
    stay(stage, session, 15, 24)
    end(stage, session, 24)
    # Nineteen quiet minutes: what was counted when the first stretch closed is taken back.
    assert sum(on_record(stage.learner)) - sum(voided(stage.learner)) == 0


def test_a_sign_of_life_is_given_by_who_takes_part(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    for user in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            attendance.confirm_presence(stage.ctx(user), session.id)
    with pytest.raises(NotFound):
        attendance.confirm_presence(stage.ctx(stage.learner, stage.other_room), session.id)
    for _ in range(2):
        attendance.confirm_presence(stage.ctx(stage.learner), session.id, client_id="here-00001")
    assert db.session.query(StillHere).count() == 1
    own = [fact.kind for fact in facts_since(db.session(), f"user:{stage.learner.id}", since=0, limit=9)]
    assert own == ["attendance.confirmed"]
    assert stage.kinds(session) == ["session.scheduled", "session.started"]


def test_before_the_start_it_means_nothing(stage: Stage) -> None:
    session = stage.session(still_here_minutes=15)
    pulse = attendance.confirm_presence(stage.ctx(stage.learner), session.id)
    assert (pulse.counted, pulse.seconds) == (False, 0)
    assert db.session.query(StillHere).count() == 0


@pytest.mark.parametrize("every", [0, 4, 61])
def test_how_often_is_asked_has_limits(stage: Stage, every: int) -> None:
    with pytest.raises(Invalid) as refused:
        stage.session(still_here_minutes=every)
    assert set(refused.value.fields) == {"still_here_minutes"}


def test_switching_it_off_gives_back_what_it_took(stage: Stage) -> None:
    session = stage.running(still_here_minutes=15)
    stay(stage, session, 0, 25)
    with clock.at(at(40)):
        attendance.close_stale()
        assert on_record(stage.learner) == []
        mentor = stage.ctx(stage.mentor)
        plan = schedule.current_plan(mentor, session.id)
        schedule.edit_session(mentor, session.id, plan=plan.changed(still_here_minutes=None))
    assert on_record(stage.learner) == [25 * 60]
