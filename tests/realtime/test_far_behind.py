"""A client that missed more than can be told is sent to the present state; and a crowd that comes back is read for once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.realtime import gateway as module
from social_cme.realtime import replay as catching_up
from social_cme.realtime.replay import REPLAY_LIMIT, recent
from tests.factories import Factory
from tests.live.stage import Stage
from tests.realtime.test_gateway import ask, follow, happen, heard

Connect = Callable[[User], SocketIOTestClient]


@pytest.fixture
def stage(make: Factory) -> Stage:
    learner, mentor = make.user(), make.user()
    room = make.room(mentor=mentor, members=(learner,))
    return Stage(make, room, room, learner, learner, mentor, mentor)


def test_who_is_far_behind_is_sent_to_the_present_state_and_goes_on_from_there(
    stage: Stage, connect: Connect, login: Callable[[User], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "FAR_BEHIND", 5)
    session = stage.running()
    for number in range(6):
        stage.say(session, f"Line {number}.")
    newest = len(stage.facts(session))
    socket = connect(stage.learner)
    channel = f"live:{session.id}"
    answer = ask(socket, "subscribe", {"channel": channel, "since": 0})
    assert (answer["messages"], answer["more"], answer["seq"]) == ([], False, newest)
    state = json.loads(login(stage.learner).get(answer["reset"]).data)
    assert state["seq"] == newest
    assert [line["body"] for line in state["chat"]] == [f"Line {number}." for number in range(6)]
    stage.say(session, "And one more.")
    assert heard(socket) == [newest + 1]
    within = ask(socket, "subscribe", {"channel": channel, "since": newest - 4})
    assert "reset" not in within
    assert [one["seq"] for one in within["messages"]] == list(range(newest - 3, newest + 2))


def test_a_channel_without_a_snapshot_tells_everything(
    make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "FAR_BEHIND", 5)
    user = make.user()
    room = make.room(members=(user,))
    happen(room, REPLAY_LIMIT + 10)
    answer = follow(connect(user), room)
    assert "reset" not in answer
    assert len(answer["messages"]) == REPLAY_LIMIT


def test_what_many_missed_is_read_once_and_never_shown_for_longer_than_a_second(
    make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr(catching_up.time, "monotonic", lambda: moment[0])
    people = [make.user() for _ in range(4)]
    room = make.room(members=tuple(people))
    happen(room, 3)
    read: list[int] = []
    kind = module.gateway.channel_kinds["room"]

    def counted(facts: Any) -> Any:
        read.append(len(facts))
        return kind.project(facts)

    monkeypatch.setitem(module.gateway.channel_kinds, "room", module.ChannelKind("room", kind.authorise, counted))
    sockets = [connect(person) for person in people]
    answers = [follow(socket, room, since=1) for socket in sockets]
    assert read == [2]
    assert all(answer == answers[0] for answer in answers)
    assert follow(sockets[0], room, since=2)["messages"] == answers[0]["messages"][1:]
    assert read == [2, 1]
    moment[0] += 1.01
    follow(sockets[0], room, since=1)
    assert read == [2, 1, 2]
    happen(room)
    read.clear()
    assert len(follow(sockets[0], room, since=1)["messages"]) == 3, "what is new is never left out"
    assert read == [3]


def test_only_so_many_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "_KEPT_ANSWERS", 3)
    recent.forget()
    for number in range(10):
        recent.keep(("room:1", number, 0), {})
    assert len(recent._answers) <= 3
    recent.forget()
