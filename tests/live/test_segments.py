"""The agenda: planned, gone through live, corrected afterward, and the ledger that follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.channels import project
from social_cme.live.models import LiveSession
from social_cme.live.queries.agenda import Agenda, load_agenda
from social_cme.live.queries.attendance import recorded_seconds
from social_cme.live.queries.board import load_board
from social_cme.live.rules import SegmentPlan
from social_cme.live.schemas import BoardOut
from social_cme.live.services import agenda, leading, schedule
from tests.live.stage import NOON, Stage, beats
from tests.live.test_attendance import on_record, voided

TALK = SegmentPlan(title="Why loops fail", minutes=20, kind="didactic")
BREAK = SegmentPlan(title="Coffee", minutes=10, kind="break", countable=False)
CASE = SegmentPlan(title="The patient who is stuck", minutes=30, kind="case", interactive=True)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.at(NOON):
        yield


def lines(session: LiveSession) -> Agenda:
    return load_agenda(session.id)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def move(stage: Stage, session: LiveSession, minutes: float, number: int | None = None) -> None:
    wanted = lines(session).segments[number].id if number is not None else None
    with clock.at(at(minutes)):
        agenda.move_to_segment(stage.ctx(stage.mentor), session.id, wanted)


def test_an_agenda_is_planned_in_order_and_adds_up(stage: Stage) -> None:
    session = stage.session(segments=(TALK, BREAK, CASE))
    found = lines(session)
    assert [(one.title, one.minutes, one.kind, one.countable, one.interactive) for one in found.segments] == [
        ("Why loops fail", 20, "didactic", True, False),
        ("Coffee", 10, "break", False, False),
        ("The patient who is stuck", 30, "case", True, True),
    ]
    sums = found.sums
    assert (sums.minutes, sums.countable, sums.interactive, sums.percent, sums.meets_mark) == (60, 50, 30, 60, True)
    assert stage.kinds(session) == ["session.scheduled", "agenda.changed"]


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        ((TALK, BREAK, CASE, TALK), "80 minutes and the session 60"),
        ((SegmentPlan(title="  ", minutes=5),), "Segment 1: give it a title"),
        ((TALK, SegmentPlan(title="x" * 121, minutes=5)), "Segment 2: its title"),
        ((SegmentPlan(title="Zero", minutes=0),), "minutes are a number"),
        ((SegmentPlan(title="Party", minutes=5, kind="party"),), "what kind"),
        ((SegmentPlan(title="Theirs", minutes=5, id=999),), "no longer there"),
        (tuple(SegmentPlan(title="Short", minutes=1) for _ in range(31)), "at most 30"),
    ],
)
def test_an_agenda_that_cannot_be_is_refused_with_words(
    stage: Stage, segments: tuple[SegmentPlan, ...], words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        stage.session(segments=segments)
    assert words in " ".join(refused.value.fields["segments"])
    assert db.session.query(LiveSession).count() == 0


def test_an_agenda_is_changed_by_who_leads_and_lines_stay_themselves(stage: Stage) -> None:
    session = stage.session(segments=(TALK, CASE))
    first, second = lines(session).segments
    mentor = stage.ctx(stage.mentor)
    plan = schedule.current_plan(mentor, session.id)
    assert [one.id for one in plan.segments] == [first.id, second.id]
    schedule.edit_session(mentor, session.id, plan=plan.changed(segments=(plan.segments[1], BREAK)))
    assert lines(session).segments[0].id == second.id
    assert len(lines(session).segments) == 2
    for user in (stage.learner, stage.make.user(), None):
        with pytest.raises(Forbidden):
            agenda.set_agenda(stage.ctx(user), session.id, segments=[TALK])
    with pytest.raises(NotFound):
        agenda.set_agenda(stage.ctx(stage.mentor, stage.other_room), session.id, segments=[TALK])
    for _ in range(2):
        agenda.set_agenda(mentor, session.id, segments=[TALK], client_id="agenda-0001")
    assert stage.kinds(session).count("agenda.changed") == 3


def test_an_edit_that_leaves_the_agenda_alone_is_no_news_of_it(stage: Stage) -> None:
    session = stage.session(segments=(TALK, CASE))
    mentor = stage.ctx(stage.mentor)
    schedule.edit_session(mentor, session.id, plan=schedule.current_plan(mentor, session.id).changed(title="New"))
    assert stage.kinds(session).count("agenda.changed") == 1


def test_a_session_that_becomes_shorter_than_its_agenda_is_refused(stage: Stage) -> None:
    session = stage.session(segments=(TALK, BREAK, CASE))
    mentor = stage.ctx(stage.mentor)
    plan = schedule.current_plan(mentor, session.id)
    with pytest.raises(Invalid, match="agenda"):
        schedule.edit_session(mentor, session.id, plan=plan.changed(ends=plan.ends - timedelta(minutes=1)))


def test_segments_are_gone_through_and_stamped_by_the_server(stage: Stage) -> None:
    session = stage.running(segments=(TALK, BREAK, CASE))
    assert lines(session).current.title == TALK.title
    move(stage, session, 21)
    move(stage, session, 30)
    with pytest.raises(Conflict, match="last segment"):
        move(stage, session, 31)
    move(stage, session, 40, 0)
    with clock.at(at(45)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    talk, coffee, case = lines(session).segments
    assert (talk.seconds, coffee.seconds, case.seconds) == (26 * 60, 9 * 60, 10 * 60)
    assert (talk.started_at, coffee.started_at, case.started_at) == (at(0), at(21), at(30))
    assert lines(session).current is None
    kinds = stage.kinds(session)
    assert (kinds.count("segment.started"), kinds.count("segment.ended")) == (4, 1)


def test_going_to_the_segment_that_runs_changes_nothing_and_a_repeat_moves_once(stage: Stage) -> None:
    session = stage.running(segments=(TALK, BREAK, CASE))
    move(stage, session, 5, 0)
    assert lines(session).current.running_since == NOON
    for _ in range(2):
        with clock.at(at(10)):
            agenda.move_to_segment(stage.ctx(stage.mentor), session.id, client_id="segment-001")
    assert lines(session).current.title == BREAK.title


def test_only_who_leads_moves_and_only_while_the_session_runs(stage: Stage) -> None:
    session = stage.session(segments=(TALK, CASE))
    elsewhere = stage.session(segments=(TALK,))
    with pytest.raises(Conflict):
        agenda.move_to_segment(stage.ctx(stage.mentor), session.id)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    for user in (stage.learner, stage.make.user(), None):
        with pytest.raises(Forbidden):
            agenda.move_to_segment(stage.ctx(user), session.id)
    with pytest.raises(NotFound):
        agenda.move_to_segment(stage.ctx(stage.mentor), session.id, lines(elsewhere).segments[0].id)
    with pytest.raises(NotFound):
        agenda.move_to_segment(stage.ctx(stage.mentor, stage.other_room), session.id)


def test_what_has_begun_stays_in_the_agenda(stage: Stage) -> None:
    session = stage.running(segments=(TALK, CASE))
    mentor = stage.ctx(stage.mentor)
    plan = schedule.current_plan(mentor, session.id)
    with pytest.raises(Invalid, match="another look") as refused:
        agenda.set_agenda(mentor, session.id, segments=[plan.segments[1]])
    assert "has begun" in refused.value.fields["segments"][0]
    agenda.set_agenda(mentor, session.id, segments=[plan.segments[0]])
    assert len(lines(session).segments) == 1


def test_time_in_a_break_is_not_counted_and_says_so(stage: Stage) -> None:
    session = stage.running(segments=(TALK, BREAK, CASE))
    stage.beat(session, *beats(NOON, seconds=20 * 60, step=60))
    move(stage, session, 20)
    pulse = stage.beat(session, *beats(at(20), seconds=10 * 60, step=60))
    assert (pulse.counted, pulse.why, pulse.seconds) == (False, "break", 20 * 60)
    move(stage, session, 30)
    pulse = stage.beat(session, *beats(at(30), seconds=10 * 60, step=60))
    assert (pulse.counted, pulse.why, pulse.seconds) == (True, "", 30 * 60)
    with clock.at(at(40)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    assert on_record(stage.learner) == [20 * 60, 10 * 60]


def test_a_corrected_segment_takes_and_gives_minutes_and_the_facts_tell_both(stage: Stage) -> None:
    session = stage.running(segments=(TALK, BREAK, CASE))
    stage.beat(session, *beats(NOON, seconds=20 * 60, step=60))
    move(stage, session, 20)
    stage.beat(session, *beats(at(20), seconds=10 * 60, step=60))
    with clock.at(at(30)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    coffee = lines(session).segments[1]
    mentor = stage.ctx(stage.mentor)

    def correct(*, countable: bool, **extra: Any) -> None:
        agenda.correct_segment(mentor, session.id, coffee.id, countable=countable, interactive=False, **extra)

    correct(countable=True, client_id="correct-001")
    correct(countable=True, client_id="correct-001")
    assert (on_record(stage.learner), voided(stage.learner)) == ([1200, 600], [])
    correct(countable=False)
    assert voided(stage.learner) == [600]
    assert sum(on_record(stage.learner)) - sum(voided(stage.learner)) == recorded_seconds(stage.learner.id, session.id)
    with pytest.raises(Forbidden):
        agenda.correct_segment(stage.ctx(stage.learner), session.id, coffee.id, countable=True, interactive=True)
    with pytest.raises(NotFound):
        agenda.correct_segment(mentor, session.id, 999, countable=True, interactive=True)


def test_everything_live_is_in_a_fresh_load_as_well(stage: Stage) -> None:
    """The last message about the agenda shows what a page that is loaded now shows."""
    session = stage.running(segments=(TALK, BREAK, CASE))
    move(stage, session, 5)
    move(stage, session, 9, 0)
    with clock.at(at(20)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    about = [fact for fact in stage.facts(session) if fact.kind.startswith(("segment.", "agenda."))]
    shown = project(about)[-1]
    ctx = stage.ctx(stage.learner)
    board = BoardOut.of(load_board(ctx, session)).model_dump(mode="json")
    assert shown == {"agenda": board["agenda"]}
    assert board["agenda"]["current_id"] is None
