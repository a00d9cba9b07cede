"""Agenda, pause, attendance and statistics over the REST API: the same functions, the same refusals."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.live.stage import Stage
from tests.live.test_api import Call, Caller, plan

AGENDA = [
    {"title": "Why loops fail", "minutes": 20, "kind": "didactic"},
    {"title": "Coffee", "minutes": 10, "kind": "break"},
    {"title": "The patient who is stuck", "minutes": 30, "kind": "case", "interactive": True},
]


@pytest.fixture
def call(app: Flask, stage: Stage) -> Call:
    return lambda user: Caller(app, stage, user)


def test_an_agenda_from_its_plan_to_its_correction(stage: Stage, call: Call) -> None:
    mentor, learner = call(stage.mentor), call(stage.learner)
    session = mentor("POST", status=201, **plan(stage, segments=AGENDA, still_here_minutes=15))
    path = f"/{session['id']}"
    assert session["still_here_minutes"] == 15
    shown = learner("GET", f"{path}/agenda")
    assert [one["countable"] for one in shown["segments"]] == [True, False, True]
    sums = ("minutes", "countable_minutes", "interactive_minutes", "interactive_percent", "meets_mark")
    assert [shown[name] for name in sums] == [60, 50, 30, 60, True]
    # What is left out of a change stays; an agenda that is sent replaces the whole.
    assert mentor("PATCH", path, title="Wet on day four")["still_here_minutes"] == 15
    lines = [{**AGENDA[0], "id": shown["segments"][0]["id"]}, AGENDA[1]]
    mentor("PATCH", path, segments=lines)
    assert [one["title"] for one in learner("GET", f"{path}/agenda")["segments"]] == ["Why loops fail", "Coffee"]
    mentor("PUT", f"{path}/agenda", segments=[*lines, AGENDA[2]])
    learner("PUT", f"{path}/agenda", status=403, segments=[])

    mentor("POST", f"{path}/start")
    moved = mentor("POST", f"{path}/segments/next")
    assert moved["current_id"] == moved["segments"][1]["id"]
    mentor("POST", f"{path}/segments/{moved['segments'][2]['id']}/start")
    learner("POST", f"{path}/segments/next", status=403)
    assert learner("POST", f"{path}/heartbeat")["counted"] is True
    assert mentor("POST", f"{path}/pause")["paused_at"] is not None
    assert learner("POST", f"{path}/heartbeat")["why"] == "pause"
    learner("POST", f"{path}/resume", status=403)
    assert mentor("POST", f"{path}/resume")["paused_at"] is None
    assert learner("POST", f"{path}/still-here", client_id="here-12345")["answer_by"] is None

    last = f"{path}/segments/{moved['segments'][2]['id']}"
    corrected = mentor("PATCH", last, countable=False, interactive=False)
    assert corrected["interactive_percent"] == 0
    learner("PATCH", last, status=403, countable=True, interactive=True)
    assert learner("GET", f"{path}/state")["agenda"] == corrected


@pytest.mark.parametrize(
    "segments",
    [
        [{"title": "", "minutes": 5}],
        [{"title": "Zero", "minutes": 0}],
        [{"title": "Long", "minutes": 61}],
        [{"title": "Party", "minutes": 5, "kind": "party"}],
        [{"title": "x" * 121, "minutes": 5}],
        [{"title": "One", "minutes": 1}] * 31,
        "all of it",
    ],
    ids=str,
)
def test_an_agenda_of_nonsense_is_refused(stage: Stage, call: Call, segments: Any) -> None:
    mentor = call(stage.mentor)
    mentor("POST", status=422, **plan(stage, segments=segments))
    assert mentor("GET")["items"] == []


def test_attendance_is_listed_for_those_who_guide_the_room(stage: Stage, call: Call) -> None:
    session = stage.running()
    path = f"/{session.id}"
    learner, mentor = call(stage.learner), call(stage.mentor)
    learner("POST", f"{path}/heartbeat")
    [row] = mentor("GET", f"{path}/attendance")["items"]
    assert (row["display_name"], row["profession"], row["minutes"]) == ("Learner", "physician", 0)
    assert mentor("GET", f"{path}/statistics")["people"] == 1
    assert learner("GET", f"{path}/my-minutes")["seconds"] == 0
    for address in ("attendance", "statistics"):
        learner("GET", f"{path}/{address}", status=403)
        call(None)("GET", f"{path}/{address}", status=401)
    call(None)("GET", f"{path}/my-minutes", status=401)
    call(None)("POST", f"{path}/heartbeat", status=401)
    mentor("GET", f"{path}/attendance?cursor=made-up", status=400)
