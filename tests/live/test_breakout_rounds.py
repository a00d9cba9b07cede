"""The time of a breakout: by the server's clock, at the planned moments, whoever notices; and bent by who leads."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden
from social_cme.extensions import db
from social_cme.live import jobs
from social_cme.live.enums import BreakoutState, RoundState
from social_cme.live.queries.breakouts import Layout, list_due_sessions
from social_cme.live.services import leading, rounds
from tests.live.circle import Circle
from tests.live.stage import NOON, Stage


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


@pytest.fixture
def circle(stage: Stage) -> Circle:
    """Four groups of one, two stations, three rounds of ten minutes with a minute between; started at noon."""
    circle = Circle(stage)
    circle.create(rounds=3)
    circle.form()
    circle.start()
    return circle


def after(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)


def states(layout: Layout) -> list[str]:
    return [one.state for one in layout.rounds]


def test_rounds_come_and_go_at_their_times(circle: Circle) -> None:
    first, second, third = circle.layout().rounds
    assert (first.state, first.starts_at) == (RoundState.PLANNED, after(60))
    assert states(circle.after(59)) == ["planned", "planned", "planned"]
    assert states(circle.after(60)) == ["running", "planned", "planned"]
    assert (first.started_at, first.ends_at) == (after(60), after(660))
    assert states(circle.after(659)) == ["running", "planned", "planned"]
    circle.after(660)
    assert (first.ended_at, second.state, second.starts_at) == (after(660), RoundState.PLANNED, after(720))
    assert states(circle.after(720)) == ["ended", "running", "planned"]
    layout = circle.after(60 + 3 * 600 + 2 * 60)
    assert states(layout) == ["ended", "ended", "ended"]
    assert (layout.breakout.state, layout.breakout.ended_at) == (BreakoutState.ENDED, after(1980))
    assert third.ended_at == after(1980)


def test_whoever_notices_late_finds_the_planned_times(circle: Circle) -> None:
    """Nobody looked for half an hour, as after a restart: every round has its own time all the same."""
    with circle.at(1500):
        jobs.keep_time()
        assert list_due_sessions() == []
    first, second, third = circle.layout().rounds
    assert (first.started_at, first.ended_at) == (after(60), after(660))
    assert (second.started_at, second.ended_at) == (after(720), after(1320))
    assert (third.state, third.started_at, third.ends_at) == (RoundState.RUNNING, after(1380), after(1980))


def test_noticing_twice_changes_nothing(circle: Circle) -> None:
    with circle.at(700):
        assert rounds.catch_up(circle.session.id) is True
        told = circle.stage.kinds(circle.session)
        assert rounds.catch_up(circle.session.id) is False
        assert rounds.catch_up_all() == 0
        assert circle.stage.kinds(circle.session) == told
    assert told[-3:] == ["breakout.started", "breakout.round_changed", "breakout.round_changed"]


def test_many_who_notice_at_once_do_it_once(circle: Circle, app: Flask) -> None:
    session_id = circle.session.id
    start = threading.Barrier(8)
    moved: list[bool] = []

    def notice() -> None:
        with app.app_context(), circle.at(1500):
            start.wait()
            moved.append(rounds.catch_up(session_id))
            db.session.remove()

    threads = [threading.Thread(target=notice) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert moved.count(True) == 1
    assert len(moved) == 8
    db.session.rollback()
    changes = [fact.data["change"] for fact in circle.stage.facts(circle.session) if "round_changed" in fact.kind]
    assert changes == ["begun", "ended", "begun", "ended", "begun"]


def test_a_read_that_has_nothing_to_move_costs_one_statement(circle: Circle, count_queries: Any) -> None:
    with count_queries() as seen:
        rounds.catch_up(circle.session.id)
    assert len(seen) == 1


def test_a_running_round_is_extended(circle: Circle) -> None:
    with pytest.raises(Conflict, match="Places are being changed"):
        circle.do(rounds.extend_round, minutes=2)
    circle.after(60)
    with circle.at(650):
        for _ in range(2):
            circle.do(rounds.extend_round, minutes=2, client_id="extend-0001")
    assert circle.layout().rounds[0].ends_at == after(780)
    assert states(circle.after(779))[0] == "running"
    assert circle.after(780).rounds[1].starts_at == after(840)


def test_a_pause_keeps_what_is_left(circle: Circle) -> None:
    circle.after(60)
    with circle.at(160):
        for _ in range(2):
            circle.do(rounds.pause)
    assert states(circle.after(5000))[0] == "running", "time stands still"
    with circle.at(5000):
        for _ in range(2):
            layout = circle.do(rounds.resume)
    assert layout.rounds[0].ends_at == after(5500)
    assert layout.breakout.paused_at is None
    told = circle.stage.kinds(circle.session)
    assert told.count("breakout.round_changed") == 3


def test_a_pause_while_places_are_changed_moves_the_beginning(circle: Circle) -> None:
    with circle.at(20):
        circle.do(rounds.pause)
    with circle.at(120):
        assert circle.do(rounds.resume).rounds[0].starts_at == after(160)


def test_a_round_ends_early_and_the_next_begins_at_once_when_asked(circle: Circle) -> None:
    with circle.at(10):
        layout = circle.do(rounds.next_step)
    assert (layout.rounds[0].started_at, layout.rounds[0].ends_at) == (after(10), after(610))
    with circle.at(100):
        layout = circle.do(rounds.end_round)
        assert (layout.rounds[0].ended_at, layout.rounds[1].starts_at) == (after(100), after(160))
        with pytest.raises(Conflict):
            circle.do(rounds.end_round)
        for _ in range(2):
            layout = circle.do(rounds.next_step, client_id="next-00001")
    assert layout.rounds[1].state == RoundState.RUNNING
    with circle.at(130):
        circle.do(rounds.pause)
    with circle.at(200):
        layout = circle.do(rounds.next_step)
    assert (layout.rounds[1].ended_at, layout.breakout.paused_at) == (after(200), None)


def test_a_breakout_ends_when_everybody_has_met_everybody(stage: Stage) -> None:
    circle = Circle(stage, people=2, experts=2)
    circle.create(rounds=5)
    circle.form()
    circle.start()
    layout = circle.after(10_000)
    assert states(layout) == ["ended", "ended", "planned", "planned", "planned"]
    assert layout.breakout.ended_at == after(60 + 600 + 60 + 600)


def test_groups_that_only_talk_have_one_round(stage: Stage) -> None:
    circle = Circle(stage)
    circle.create("plain", rounds=1, changeover_seconds=0)
    circle.form([*circle.people])
    layout = circle.start()
    assert (layout.rounds[0].state, layout.rounds[0].started_at) == (RoundState.RUNNING, NOON)
    assert circle.after(600).breakout.state == BreakoutState.ENDED


def test_ending_brings_everybody_back_and_is_done_once(circle: Circle) -> None:
    circle.after(60)
    for seconds in (100, 200):
        with circle.at(seconds):
            layout = circle.do(rounds.end_breakout)
    assert (layout.breakout.ended_at, layout.rounds[0].ended_at) == (after(100), after(100))
    assert circle.stage.kinds(circle.session).count("breakout.ended") == 1
    for act in (rounds.start, rounds.next_step, rounds.pause, rounds.resume, rounds.end_round):
        with pytest.raises(Conflict):
            circle.do(act)


def test_the_end_of_the_session_is_the_end_of_its_breakout(circle: Circle) -> None:
    circle.after(60)
    with circle.at(120):
        leading.end_session(circle.mentor, circle.session.id)
    layout = circle.layout()
    assert (layout.breakout.state, layout.rounds[0].ended_at) == (BreakoutState.ENDED, after(120))
    kinds = circle.stage.kinds(circle.session)
    assert kinds.index("breakout.ended") < kinds.index("session.ended")


def test_only_who_leads_bends_the_time(circle: Circle) -> None:
    for user in (circle.people[0], circle.experts[0], circle.stage.make.user(), None):
        for act, values in (
            (rounds.start, {}),
            (rounds.next_step, {}),
            (rounds.end_round, {}),
            (rounds.extend_round, {"minutes": 2}),
            (rounds.pause, {}),
            (rounds.resume, {}),
            (rounds.end_breakout, {}),
        ):
            with pytest.raises(Forbidden):
                act(circle.stage.ctx(user), circle.session.id, circle.breakout_id, **values)
    circle.do(rounds.start)
    assert circle.stage.kinds(circle.session).count("breakout.started") == 1


def test_nothing_starts_without_people_or_stations(stage: Stage) -> None:
    circle = Circle(stage, experts=0)
    circle.create(rounds=1)
    with pytest.raises(Conflict, match="Nobody is in a group"):
        circle.start()
    circle.form()
    with pytest.raises(Conflict, match="no station"):
        circle.start()
    with pytest.raises(Conflict, match="No round"):
        circle.do(rounds.pause)
