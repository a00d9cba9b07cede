"""Attendance per round: heartbeats within the time the round really ran, person by person and station by station."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from social_cme.core import clock
from social_cme.live.queries.rounds import list_attended
from social_cme.live.rules import Interval
from social_cme.live.rules.breakouts import clip, overlap_seconds, stretches
from social_cme.live.services import placing, rounds, stations
from tests.live.circle import Circle
from tests.live.stage import NOON, Stage, beats


def moment(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)


def span(start: float, end: float) -> Interval:
    return Interval(moment(start), moment(end))


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


def test_a_pause_cuts_a_round_in_two() -> None:
    assert stretches(moment(0), moment(100), [span(20, 40)]) == [span(0, 20), span(40, 100)]
    assert stretches(moment(0), moment(100), [span(0, 10), span(90, 100)]) == [span(10, 90)]
    assert stretches(moment(0), moment(100), [span(0, 100)]) == []
    assert stretches(moment(0), moment(100), [span(10, 30), span(20, 50)]) == [span(0, 10), span(50, 100)]


def test_time_counts_once_and_only_within() -> None:
    windows = [span(0, 20), span(40, 100)]
    assert overlap_seconds([span(-50, 200)], windows) == 80
    assert overlap_seconds([span(10, 50), span(20, 60)], windows) == 30
    assert overlap_seconds([], windows) == 0
    assert clip(windows, moment(10), moment(50)) == [span(10, 20), span(40, 50)]
    assert clip(windows, moment(20), moment(40)) == []
    assert clip(windows, None, None) == windows


@pytest.fixture
def circle(stage: Stage) -> Circle:
    """Two people at two stations, two rounds; the first runs from 60 to 660 seconds, the second from 720 to 1,320."""
    circle = Circle(stage, people=2)
    circle.create(rounds=2)
    circle.form()
    circle.start()
    return circle


def attend(circle: Circle, user: Any, start: int, end: int) -> None:
    circle.stage.beat(circle.session, *beats(moment(start), seconds=end - start), user=user)


def rows(circle: Circle, **values: Any) -> list[tuple[int, str, str, str, int, int]]:
    return [
        (one.number, one.person.display_name, one.group, one.station, one.seconds, one.of_seconds)
        for one in list_attended(circle.layout(), **values)
    ]


def test_each_person_and_expert_has_the_seconds_of_each_round(circle: Circle) -> None:
    one, two = circle.people
    expert = circle.experts[0]
    attend(circle, one, 0, 1500)
    attend(circle, two, 300, 720)
    attend(circle, expert, 60, 660)
    circle.after(1500)
    first, second = circle.table()
    experts = {"Station 1": "Expert 0", "Station 2": "Expert 1"}
    assert rows(circle) == [
        (1, experts[first["Group 1"]], "Group 1", first["Group 1"], 600 if first["Group 1"] == "Station 1" else 0, 600),
        (1, "Person 0", "Group 1", first["Group 1"], 600, 600),
        (1, experts[first["Group 2"]], "Group 2", first["Group 2"], 600 if first["Group 2"] == "Station 1" else 0, 600),
        (1, "Person 1", "Group 2", first["Group 2"], 360, 600),
        (2, experts[second["Group 1"]], "Group 1", second["Group 1"], 0, 600),
        (2, "Person 0", "Group 1", second["Group 1"], 600, 600),
        (2, experts[second["Group 2"]], "Group 2", second["Group 2"], 0, 600),
        (2, "Person 1", "Group 2", second["Group 2"], 0, 600),
    ]
    assert rows(circle, user_id=two.id) == [
        (1, "Person 1", "Group 2", first["Group 2"], 360, 600),
        (2, "Person 1", "Group 2", second["Group 2"], 0, 600),
    ]


def test_a_pause_and_an_early_end_count_as_they_were(circle: Circle) -> None:
    one = circle.people[0]
    attend(circle, one, 0, 600)
    circle.after(60)
    with circle.at(120):
        circle.do(rounds.pause)
    with circle.at(240):
        circle.do(rounds.resume)
    with circle.at(360):
        circle.do(rounds.end_round)
    assert [row[-2:] for row in rows(circle, user_id=one.id)] == [(180, 180)]


def test_a_round_that_runs_counts_up_to_now(circle: Circle) -> None:
    one = circle.people[0]
    attend(circle, one, 0, 150)
    circle.after(60)
    with circle.at(150):
        assert [row[-2:] for row in rows(circle, user_id=one.id)] == [(90, 90)]


def test_who_moves_has_a_part_in_both_groups(circle: Circle) -> None:
    one = circle.people[0]
    attend(circle, one, 0, 660)
    circle.after(60)
    with circle.at(260):
        circle.do(placing.move, user_id=one.id, group_id=circle.layout().groups[1].id)
    circle.after(660)
    assert [(row[2], row[4]) for row in rows(circle, user_id=one.id)] == [("Group 1", 200), ("Group 2", 400)]


def test_a_lost_station_counts_until_it_was_lost(circle: Circle) -> None:
    one = circle.people[0]
    attend(circle, one, 0, 660)
    circle.after(60)
    layout = circle.layout()
    meeting = next(m for m in layout.meetings_in(layout.rounds[0].id) if m.group_id == layout.groups[0].id)
    with circle.at(360):
        circle.do(stations.drop_station, station_id=meeting.station_id)
    circle.after(660)
    assert rows(circle, user_id=one.id)[0][-2:] == (300, 600)
