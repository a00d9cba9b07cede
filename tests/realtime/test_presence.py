"""Who is there: once per person, whatever the tabs; announced once however often it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.realtime import presence as module
from social_cme.realtime.gateway import gateway
from social_cme.realtime.messages import ChannelKind
from social_cme.realtime.presence import presence, send_ephemeral
from tests.factories import Factory

Connect = Callable[[User], SocketIOTestClient]


@pytest.fixture(autouse=True)
def desks(app: Any) -> Iterator[None]:
    """A family of channels that anybody may follow and that shows who is there."""
    gateway.add_channel_kind(
        ChannelKind(
            "desk", authorise=lambda _viewer, _id: None, project=lambda facts: [None] * len(facts), shows_presence=True
        )
    )
    yield
    del gateway.channel_kinds["desk"]


def follow(socket: SocketIOTestClient, channel: str = "desk:1") -> None:
    assert socket.emit("subscribe", {"channel": channel, "since": 0}, callback=True)["ok"]


def announced(socket: SocketIOTestClient) -> list[dict[str, Any]]:
    presence.announce_changes()
    return [one["args"][0] for one in socket.get_received() if one["name"] == "ephemeral"]


def test_a_person_with_three_tabs_is_there_once(make: Factory, connect: Connect) -> None:
    ada, bo = make.user("Ada"), make.user("Bo")
    tabs = [connect(ada) for _ in range(3)]
    for tab in tabs:
        follow(tab)
    follow(connect(bo))
    [message] = announced(tabs[0])
    assert message == {
        "channel": "desk:1",
        "kind": "presence.changed",
        "data": {"count": 2, "people": [{"id": ada.id, "display_name": "Ada"}, {"id": bo.id, "display_name": "Bo"}]},
    }
    snapshot = tabs[0].emit("subscribe", {"channel": "desk:1", "since": 0}, callback=True)["presence"]
    assert snapshot == message["data"]
    tabs[1].disconnect()
    tabs[2].disconnect()
    assert announced(tabs[0]) == []
    assert presence.people("desk:1") == {ada.id, bo.id}


def test_who_leaves_is_gone_and_the_others_are_told(make: Factory, connect: Connect) -> None:
    ada, bo = make.user("Ada"), make.user("Bo")
    first, second = connect(ada), connect(bo)
    follow(first)
    follow(second)
    announced(first)
    second.emit("unsubscribe", {"channel": "desk:1"}, callback=True)
    assert [one["data"]["count"] for one in announced(first)] == [1]
    follow(second)
    second.disconnect()
    assert announced(first) == []


def test_a_reload_goes_unnoticed(make: Factory, connect: Connect) -> None:
    ada, bo = make.user(), make.user()
    first, second = connect(ada), connect(bo)
    follow(first)
    follow(second)
    announced(first)
    second.disconnect()
    follow(connect(bo))
    assert announced(first) == []


def test_above_a_limit_only_the_number_is_told(
    make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NAMES_UP_TO", 1)
    first, second = connect(make.user()), connect(make.user())
    follow(first)
    follow(second)
    assert announced(first)[-1]["data"] == {"count": 2, "people": None}


def test_an_announcement_costs_one_query_however_many_are_there(
    make: Factory, connect: Connect, count_queries: Any
) -> None:
    for _ in range(6):
        follow(connect(make.user()))
    with count_queries() as seen:
        presence.announce_changes()
    assert len(seen) == 1


def test_a_crowd_that_comes_in_together_is_looked_up_once_a_second(
    make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: moment[0])
    monkeypatch.setattr(module, "CROWD", 2)
    people = [make.user() for _ in range(4)]
    sockets = [connect(person) for person in people]
    counts = []
    for socket in sockets:
        answer = socket.emit("subscribe", {"channel": "desk:1", "since": 0}, callback=True)
        counts.append(answer["presence"]["count"])
    assert counts == [1, 2, 2, 2], "two make a crowd here"
    moment[0] += 1.01
    assert sockets[0].emit("subscribe", {"channel": "desk:1", "since": 0}, callback=True)["presence"]["count"] == 4


def test_a_channel_without_presence_keeps_no_roster(make: Factory, connect: Connect) -> None:
    user = make.user()
    room = make.room(members=(user,))
    follow(connect(user), f"room:{room.id}")
    assert presence.people(f"room:{room.id}") == set()


def test_something_ephemeral_reaches_its_channel_alone(make: Factory, connect: Connect) -> None:
    here, there = connect(make.user()), connect(make.user())
    follow(here, "desk:1")
    follow(there, "desk:2")
    announced(here)
    announced(there)
    send_ephemeral("desk:1", "pointer.moved", {"x": 3})
    assert announced(here) == [{"channel": "desk:1", "kind": "pointer.moved", "data": {"x": 3}}]
    assert announced(there) == []
