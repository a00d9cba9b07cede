"""Breakouts over real sockets: each message, who hears it, who may not send it, and groups that hear only themselves."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from tests.live.audience import Listener
from tests.live.circle import Circle
from tests.live.stage import Stage

Connect = Callable[[User], SocketIOTestClient]
Login = Callable[[User], FlaskClient]


class Scene(Circle):
    """A circle whose mentor and first person follow the session by socket."""

    def __init__(self, stage: Stage, connect: Connect, login: Login) -> None:
        super().__init__(stage)
        self.connect, self.login = connect, login
        self.lead, self.person = Listener(connect(stage.mentor)), Listener(connect(self.people[0]))
        for one, user in ((self.lead, stage.mentor), (self.person, self.people[0])):
            one.follow(self.session.id, self.snapshot(user))

    def snapshot(self, user: User) -> dict[str, Any]:
        return self.fetch(user, "state")

    def fetch(self, user: User, path: str) -> dict[str, Any]:
        answer = self.login(user).get(f"/api/v1/rooms/{self.stage.room.slug}/sessions/{self.session.id}/{path}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def send(self, event: str, **payload: Any) -> dict[str, Any]:
        """Let the mentor send something about the breakout, and everybody end with the state of a fresh page."""
        about = {"session_id": self.session.id}
        if event != "breakout.create":
            about["breakout_id"] = self.breakout_id
        answer = ok(self.lead.send(event, **about, **payload))
        self.breakout_id = answer["breakout"]["id"]
        self.settle()
        return answer

    def settle(self) -> None:
        for one, user in ((self.lead, self.stage.mentor), (self.person, self.people[0])):
            one.listen()
            assert one.state == self.snapshot(user)

    def group(self, number: int) -> int:
        return self.layout().groups[number].id


def ok(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["ok"], answer
    return answer


def refused(answer: dict[str, Any], code: str = "forbidden") -> None:
    assert answer["ok"] is False
    assert answer["error"]["code"] == code, answer


@pytest.fixture
def scene(stage: Stage, connect: Connect, login: Login) -> Scene:
    return Scene(stage, connect, login)


@pytest.fixture
def running(scene: Scene) -> Scene:
    """Two groups of two at two stations; the first round runs."""
    one, two, three, four = scene.people
    scene.create(changeover_seconds=0)
    scene.form([one, two], [three, four])
    scene.start()
    scene.settle()
    return scene


def test_a_rotation_is_made_led_and_healed_and_everybody_sees_the_same(scene: Scene) -> None:
    ids = [one.id for one in scene.people]
    scene.send("breakout.create", kind="rotation", rounds=3, round_seconds=60, changeover_seconds=0)
    for number, expert in enumerate(scene.experts):
        answer = scene.send("breakout.add_station", name=f"Station {number}", expert_id=expert.id)
    station = answer["breakout_stations"][0]["id"]
    scene.send("breakout.form", by_hand=[[ids[0]], [ids[1]], [ids[2]]])
    scene.send("breakout.start")
    scene.send("breakout.extend", minutes=2)
    scene.send("breakout.pause")
    assert scene.person.state["breakout"]["paused_at"] is not None
    scene.send("breakout.resume")
    scene.send("breakout.drop_station", station_id=station)
    scene.send("breakout.return_station", station_id=station)
    scene.send("breakout.add_round")
    scene.send("breakout.add_group")
    scene.send("breakout.move", user_id=ids[3], group_id=scene.group(3))
    scene.send("breakout.rename_group", group_id=scene.group(3), name="Night shift")
    scene.send("breakout.move", user_id=ids[3], group_id=None)
    scene.send("breakout.drop_group", group_id=scene.group(1))
    scene.send("breakout.end_round")
    scene.send("breakout.next")
    scene.send("breakout.end")
    kinds = [one["kind"] for one in scene.person.heard]
    assert {"breakout.planned", "breakout.started", "breakout.round_changed", "breakout.ended"} <= set(kinds)
    assert scene.person.state["breakout"]["state"] == "ended"
    scene.send("breakout.create", kind="plain", rounds=1)
    assert scene.person.state["breakout_groups"] == [], "another breakout begins with nothing"


def test_people_come_and_go_and_ask_how_it_stands(running: Scene) -> None:
    about = {"session_id": running.session.id, "breakout_id": running.breakout_id}
    ok(running.person.send("breakout.leave", **about))
    running.settle()
    ok(running.person.send("breakout.join", **about))
    running.settle()
    assert running.person.heard[-1]["kind"] == "breakout.person_placed"
    assert [one["position"] for one in running.person.heard[-1]["data"]["breakout_groups"]] == [1]
    answer = ok(running.person.send("breakout.sync", session_id=running.session.id))
    assert answer["breakout_rounds"] == running.snapshot(running.people[0])["breakout_rounds"]
    refused(running.person.send("breakout.sync", session_id=10**9), "not_found")


def test_a_message_told_again_changes_nothing(running: Scene) -> None:
    running.send("breakout.pause")
    before = copy.deepcopy(running.person.state)
    for message in running.person.heard:
        running.person.apply(message)
    assert running.person.state == before
    late = Listener(running.connect(running.people[1]))
    late.follow(running.session.id, {**copy.deepcopy(before), "breakout": None, "seq": 0})
    assert {key: value for key, value in late.state.items() if key.startswith("breakout")} == {
        key: value for key, value in before.items() if key.startswith("breakout")
    }


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    *((f"breakout.{verb}", {}) for verb in ("start", "next", "end_round", "pause", "resume", "end", "add_round")),
    ("breakout.form", {"size": 3}),
    ("breakout.extend", {"minutes": 2}),
    ("breakout.add_station", {"name": "Third"}),
    ("breakout.drop_station", {"station_id": 1}),
    ("breakout.return_station", {"station_id": 1}),
    ("breakout.add_group", {}),
    ("breakout.drop_group", {"group_id": 1}),
    ("breakout.rename_group", {"group_id": 1, "name": "Mine"}),
    ("breakout.move", {"user_id": 1, "group_id": 1}),
]


def test_who_does_not_lead_steers_nothing(running: Scene) -> None:
    about = {"session_id": running.session.id, "breakout_id": running.breakout_id}
    other = running.stage.running()
    for event, payload in COMMANDS:
        refused(running.person.send(event, **about, **payload))
        refused(running.person.send(event, **about, **payload, actor_id=1), "invalid")
        refused(running.lead.send(event, **{**about, "session_id": other.id}, **payload), "not_found")
    refused(running.person.send("breakout.create", session_id=running.session.id))
    refused(running.lead.send("breakout.extend", **about, minutes=31), "invalid")
    stranger = Listener(running.connect(running.stage.make.user()))
    refused(stranger.send("breakout.join", **about))
    refused(stranger.send("breakout.leave", **about))


def test_a_repeated_command_is_done_once(running: Scene) -> None:
    about = {"session_id": running.session.id, "breakout_id": running.breakout_id}
    ends = [
        ok(running.lead.send("breakout.extend", **about, minutes=2, client_id="extend-0001"))["breakout_rounds"][0]
        for _ in range(2)
    ]
    assert ends[0] == ends[1]


# ---------------------------------------------------------------- inside a group


class Corner:
    """A socket in a group's own channel, which keeps its state as the page does."""

    def __init__(self, scene: Scene, user: User, group_id: int) -> None:
        self.socket = Listener(scene.connect(user))
        self.state = scene.fetch(user, f"groups/{group_id}")
        self.heard: list[dict[str, Any]] = []
        answer = self.socket.send("subscribe", channel=f"group:{group_id}", since=self.state["seq"])
        assert answer["ok"], answer

    def listen(self) -> dict[str, Any]:
        for packet in self.socket.socket.get_received():
            if packet["name"] == "ephemeral":
                self.heard.append(packet["args"][0])
            for message in packet["args"] if packet["name"] == "message" else []:
                for one in message if isinstance(message, list) else [message]:
                    self.heard.append(one)
                    self.state["seq"] = one["seq"]
                    if "notes" in one["data"]:
                        self.state["notes"] = one["data"]["notes"]
                    if "chat" in one["data"]:
                        lines = {line["id"]: line for line in self.state["chat"]}
                        lines[one["data"]["chat"]["id"]] = one["data"]["chat"]
                        self.state["chat"] = [lines[key] for key in sorted(lines)]
        return self.state


def test_a_group_hears_its_own_and_equals_a_fresh_page(running: Scene) -> None:
    one, two, three, _ = running.people
    first, other = Corner(running, two, running.group(0)), Corner(running, three, running.group(1))
    about = {"session_id": running.session.id, "group_id": running.group(0)}
    line = ok(running.person.send("group.post", **about, body="Good evening", client_id="post-00001"))
    assert ok(running.person.send("group.post", **about, body="Twice", client_id="post-00001")) == line
    ok(running.person.send("group.save_notes", **about, notes="Ask for the ECG", revision=0))
    answer = running.person.send("group.save_notes", **about, notes="Mine", revision=0)
    refused(answer, "conflict")
    assert answer["error"]["details"] == {"notes": "Ask for the ECG", "revision": 1}
    ok(running.lead.send("group.hide", **about, message_id=line["chat"]["id"]))
    refused(running.person.send("group.hide", **about, message_id=line["chat"]["id"]))
    assert first.listen() == running.fetch(one, f"groups/{running.group(0)}")
    assert [message["kind"] for message in first.heard] == ["group.posted", "group.notes_saved", "group.hidden"]
    other.listen()
    assert other.heard == []
    running.settle()
    for event, payload in (("group.post", {"body": "x" * 1001}), ("group.save_notes", {"notes": "x", "revision": -1})):
        refused(running.person.send(event, **about, **payload), "invalid")


def test_nobody_else_follows_a_group_and_nothing_tells_that_it_is_there(running: Scene) -> None:
    layout = running.layout()
    station = next(m.station_id for m in layout.meetings_in(layout.rounds[0].id) if m.group_id == running.group(0))
    expert = next(one.expert for one in layout.stations if one.id == station)
    other = next(one.expert for one in layout.stations if one.id != station)
    inside = (running.people[1], expert, running.stage.mentor, running.stage.coordinator)
    outside = (running.people[2], other, running.stage.learner, running.stage.make.user())
    for user in inside:
        Corner(running, user, running.group(0))
    for user in outside:
        answer = Listener(running.connect(user)).send("subscribe", channel=f"group:{running.group(0)}", since=0)
        missing = Listener(running.connect(user)).send("subscribe", channel="group:999999", since=0)
        refused(answer, "not_found")
        assert answer == missing


def test_who_leaves_a_group_is_out_of_its_channel_at_once(running: Scene) -> None:
    one = running.people[0]
    corner = Corner(running, one, running.group(0))
    about = {"session_id": running.session.id, "breakout_id": running.breakout_id}
    ok(running.person.send("breakout.leave", **about))
    ok(running.lead.send("group.post", session_id=running.session.id, group_id=running.group(0), body="Among us"))
    corner.listen()
    assert [message["kind"] for message in corner.heard] == ["channel.closed"]


def test_an_expert_is_out_of_the_channel_when_the_round_is_over(running: Scene) -> None:
    layout = running.layout()
    station = next(m.station_id for m in layout.meetings_in(layout.rounds[0].id) if m.group_id == running.group(0))
    expert = next(one.expert for one in layout.stations if one.id == station)
    corner = Corner(running, expert, running.group(0))
    running.send("breakout.end_round")
    ok(running.lead.send("group.post", session_id=running.session.id, group_id=running.group(0), body="Among us"))
    corner.listen()
    assert [message["kind"] for message in corner.heard] == ["channel.closed"]
