"""Breakouts over the REST API: the same functions, the same refusals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from social_cme.core import clock
from tests.live.circle import Circle
from tests.live.stage import Stage
from tests.live.test_api import Call, Caller


@pytest.fixture
def circle(stage: Stage) -> Circle:
    return Circle(stage)


@pytest.fixture
def call(app: Flask, stage: Stage) -> Call:
    return lambda user: Caller(app, stage, user)


def people_of(layout: dict[str, Any]) -> list[list[int]]:
    return [[one["id"] for one in group["people"]] for group in layout["breakout_groups"] if not group["is_gone"]]


def test_a_rotation_from_its_plan_to_its_attendance(circle: Circle, call: Call) -> None:
    mentor, learner = call(circle.stage.mentor), call(circle.people[0])
    root = f"/{circle.session.id}/breakouts"
    assert learner("GET", root) == {
        "breakout": None,
        "breakout_groups": [],
        "breakout_stations": [],
        "breakout_rounds": [],
    }
    made = mentor("POST", root, 201, kind="rotation", rounds=3, round_seconds=60, changeover_seconds=0)
    one = f"{root}/{made['breakout']['id']}"
    for number, expert in enumerate(circle.experts):
        mentor("POST", f"{one}/stations", 201, name=f"Station {number}", topic="ECG", expert_id=expert.id)
    ids = [user.id for user in circle.people]
    formed = mentor("POST", f"{one}/form", by_hand=[[ids[0]], [ids[1]], [ids[2]]], client_id="form-00001")
    assert people_of(formed) == [[ids[0]], [ids[1]], [ids[2]]]
    assert [len(each["meetings"]) for each in formed["breakout_rounds"]] == [2, 2, 2]
    assert mentor("POST", f"{one}/start", client_id="start-0001")["breakout"]["state"] == "running"
    late = call(circle.people[3])
    assert people_of(late("PUT", f"{one}/me")) == [[ids[0], ids[3]], [ids[1]], [ids[2]]]
    assert people_of(late("DELETE", f"{one}/me")) == [[ids[0]], [ids[1]], [ids[2]]]
    group = formed["breakout_groups"][1]["id"]
    assert people_of(mentor("PUT", f"{one}/people/{ids[3]}", group_id=group)) == [[ids[0]], [ids[1], ids[3]], [ids[2]]]
    assert mentor("PATCH", f"{one}/groups/{group}", name="Night")["breakout_groups"][1]["name"] == "Night"
    before = mentor("GET", root)["breakout_rounds"][0]["ends_at"]
    assert mentor("POST", f"{one}/extend", minutes=2)["breakout_rounds"][0]["ends_at"] > before
    assert mentor("POST", f"{one}/pause")["breakout"]["paused_at"] is not None
    assert mentor("POST", f"{one}/resume")["breakout"]["paused_at"] is None
    station = formed["breakout_stations"][0]["id"]
    assert mentor("POST", f"{one}/stations/{station}/drop")["breakout_stations"][0]["is_gone"] is True
    assert mentor("POST", f"{one}/stations/{station}/return")["breakout_stations"][0]["is_gone"] is False
    assert len(mentor("POST", f"{one}/rounds", 201)["breakout_rounds"]) == 4
    assert len(mentor("POST", f"{one}/groups", 201)["breakout_groups"]) == 4
    assert mentor("POST", f"{one}/groups/{group}/drop")["breakout_groups"][1]["is_gone"] is True
    assert mentor("POST", f"{one}/end-round")["breakout_rounds"][0]["state"] == "ended"
    assert mentor("POST", f"{one}/next")["breakout_rounds"][1]["state"] in {"running", "ended"}
    assert mentor("POST", f"{one}/end")["breakout"]["state"] == "ended"
    rows = mentor("GET", f"{one}/attendance")["items"]
    assert {row["role"] for row in rows} == {"member", "expert"}
    mine = learner("GET", f"{one}/attendance/me")["items"]
    assert {row["person"]["id"] for row in mine} == {ids[0]}
    state = learner("GET", f"/{circle.session.id}/state")
    assert state["breakout"] == mentor("GET", root)["breakout"]
    assert state["breakout_rounds"] == mentor("GET", root)["breakout_rounds"]


def test_a_group_writes_its_chat_and_notes(circle: Circle, call: Call) -> None:
    one, two, three, _ = circle.people
    circle.create()
    circle.form([one, two], [three])
    circle.start()
    group = circle.layout().groups[0]
    path = f"/{circle.session.id}/groups/{group.id}"
    first, second, other = call(one), call(two), call(three)
    line = first("POST", f"{path}/chat", 201, body="Good evening", client_id="line-00001")
    assert first("POST", f"{path}/chat", 201, body="Again", client_id="line-00001") == line
    assert second("PUT", f"{path}/notes", notes="Ask for the ECG", revision=0)["revision"] == 1
    refused = first("PUT", f"{path}/notes", 409, notes="Mine", revision=0)
    assert refused["details"] == {"notes": "Ask for the ECG", "revision": 1}
    board = first("GET", path)
    assert (board["name"], board["notes"]["text"], [item["body"] for item in board["chat"]]) == (
        "Group 1",
        "Ask for the ECG",
        ["Good evening"],
    )
    assert call(circle.stage.mentor)("POST", f"{path}/chat/{line['id']}/hide", reason="A patient")["body"] == ""
    other("GET", path, 404)
    other("POST", f"{path}/chat", 403, body="Hello")
    other("PUT", f"{path}/notes", 403, notes="Hello", revision=1)
    second("POST", f"{path}/chat/{line['id']}/hide", 403, reason="No")
    assert "findings" in first("POST", f"{path}/chat", 422, body="SSN 219-09-9999")["details"]
    call(None)("GET", path, 401)


def test_what_a_person_may_not_do_a_program_of_theirs_may_not(circle: Circle, call: Call) -> None:
    layout = circle.create()
    circle.form()
    one = f"/{circle.session.id}/breakouts/{layout.breakout.id}"
    station, group = circle.layout().stations[0].id, circle.layout().groups[0].id
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"/{circle.session.id}/breakouts", {"kind": "plain"}),
        ("POST", f"{one}/form", {"size": 3}),
        *(("POST", f"{one}/{verb}", {}) for verb in ("start", "next", "end-round", "pause", "resume", "end", "rounds")),
        ("POST", f"{one}/extend", {"minutes": 2}),
        ("POST", f"{one}/stations", {"name": "Third"}),
        ("POST", f"{one}/stations/{station}/drop", {}),
        ("POST", f"{one}/stations/{station}/return", {}),
        ("POST", f"{one}/groups", {}),
        ("POST", f"{one}/groups/{group}/drop", {}),
        ("PATCH", f"{one}/groups/{group}", {"name": "Mine"}),
        ("PUT", f"{one}/people/{circle.people[0].id}", {"group_id": group}),
    ]
    learner, nobody = call(circle.people[0]), call(None)
    for method, path, body in writes:
        learner(method, path, 403, **body)
        nobody(method, path, 401, **body or {"client_id": "none-00001"})
    learner("GET", f"{one}/attendance", 403)
    call(circle.stage.make.user())("PUT", f"{one}/me", 403)
    mentor = call(circle.stage.mentor)
    mentor.root = f"/api/v1/rooms/{circle.stage.other_room.slug}/sessions"
    for method, path, body in writes:
        mentor(method, path, 404, **body)
    mentor("GET", f"{one}/attendance", 404)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"kind": "dance"}, "kind"),
        ("", {"rounds": 0}, "rounds"),
        ("", {"round_seconds": 29}, "round_seconds"),
        ("", {"changeover_seconds": 901}, "changeover_seconds"),
        ("/form", {"size": 0}, "size"),
        ("/form", {"mix": "height"}, "mix"),
        ("/form", {"by_hand": [[2**70]]}, "by_hand"),
        ("/form", {"people": ["x"]}, "people"),
        ("/extend", {"minutes": 31}, "minutes"),
        ("/stations", {"name": ""}, "name"),
        ("/stations", {"name": "x" * 81}, "name"),
        ("/stations", {"name": "A", "topic": "x" * 201}, "topic"),
    ],
)
def test_refusals_name_the_fields(circle: Circle, call: Call, path: str, body: dict[str, Any], field: str) -> None:
    layout = circle.create()
    root = f"/{circle.session.id}/breakouts"
    address = f"{root}/{layout.breakout.id}{path}" if path else root
    answer = call(circle.stage.mentor)("POST", address, 422, **body)
    assert any(name.startswith(field) for name in answer["fields"]), answer


def test_reading_moves_an_overdue_round_on(circle: Circle, call: Call) -> None:
    circle.create(rounds=2, changeover_seconds=0)
    circle.form()
    began = circle.start().rounds[0].started_at
    assert began is not None
    learner = call(circle.people[0])
    for path in (f"/{circle.session.id}/breakouts", f"/{circle.session.id}/state"):
        assert learner("GET", path)["breakout_rounds"][0]["state"] == "running"
    for seconds, path, states in (
        (700, f"/{circle.session.id}/state", ["ended", "running"]),
        (1300, f"/{circle.session.id}/breakouts", ["ended", "ended"]),
    ):
        with clock.at(began + timedelta(seconds=seconds)):
            assert [one["state"] for one in learner("GET", path)["breakout_rounds"]] == states
