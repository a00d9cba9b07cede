"""Both ways of sending, side by side: the same clients do the same on both, and each must be told the same in the same order."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket
from flask import Flask

from benchmarks.live import LiveServer
from social_cme.app import create_app
from social_cme.extensions import db
from social_cme.realtime.fanout import DirectManager, DirectRedisManager, client_manager
from tests.conftest import build_settings, migrate_database
from tests.factories import Factory
from tests.server import cookie_of

WAYS = {
    "direct": {"FANOUT": "direct"},
    "stock": {"FANOUT": "stock"},
    "threads": {"ASYNC_MODE": "threading"},
}
Transcript = list[Any]


class Listener:
    """A socket that writes down everything it is told."""

    def __init__(self, port: int, cookie: str) -> None:
        self.wire = websocket.create_connection(
            f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket",
            cookie=cookie,
            timeout=10,
            suppress_origin=True,
        )
        self.heard: Transcript = []
        self.count = 0
        assert self.wire.recv().startswith("0{")
        self.wire.send("40")
        assert self.wire.recv().startswith("40{")

    def send(self, event: str, **payload: Any) -> int:
        """Send a command; its number is what the answer carries."""
        self.count += 1
        self.wire.send(f"42{self.count}{json.dumps([event, payload])}")
        return self.count

    def ask(self, event: str, **payload: Any) -> None:
        """Send a command and listen until it is answered."""
        number = self.send(event, **payload)
        self.listen(lambda: ["answer", number] in [one[:2] for one in self.heard])

    def listen(self, enough: Callable[[], bool]) -> None:
        """Write down what comes until it is *enough*."""
        while not enough():
            frame = self.wire.recv()
            if frame == "2":
                self.wire.send("3")
            elif frame.startswith("43"):
                start = frame.index("[")
                self.heard.append(["answer", int(frame[2:start]), json.loads(frame[start:])])
            elif frame.startswith("42"):
                event, body = json.loads(frame[2:])
                for one in body if isinstance(body, list) else [body]:
                    one.pop("at", None)
                    self.heard.append([event, one])
            else:
                self.heard.append(["frame", frame])

    def bodies(self, kind: str) -> list[str]:
        return [one[1]["data"]["body"] for one in self.heard if one[0] == kind]

    @property
    def messages(self) -> list[str]:
        return self.bodies("message")


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Callable[[], Listener]]]:
    """A server for each way, on the same data; the functions open sockets of different people on them."""
    folder = tmp_path_factory.mktemp("fanout")
    settings = build_settings(folder / "instance", database_url=f"sqlite:///{folder / 'fanout.sqlite3'}")
    migrate_database(settings)
    servers = {way: LiveServer(settings, **environment) for way, environment in WAYS.items()}
    listeners: list[Listener] = []
    app = create_app(settings)
    make = Factory(app)

    def enter(way: str) -> Listener:
        with app.app_context():
            one = Listener(servers[way].port, cookie_of(app, make, make.user()))
            db.session.remove()
        listeners.append(one)
        return one

    try:
        for server in servers.values():
            server.launch()
        for server in servers.values():
            server.wait(timeout=120)
        yield {way: lambda way=way: enter(way) for way in WAYS}  # type: ignore[misc]
    finally:
        for one in listeners:
            one.wire.shutdown()
        for server in servers.values():
            server.kill()
        with app.app_context():
            db.engine.dispose()


def slowly(enter: Callable[[], Listener]) -> dict[str, Transcript]:
    """Every step is heard by all before the next; somebody comes in the middle, somebody leaves, somebody vanishes."""
    speaker, listener, vanishing = enter(), enter(), enter()
    for one in (speaker, listener, vanishing):
        one.ask("subscribe", channel="bench:1", since=0)
    for number in range(3):
        speaker.ask("bench.say", channel="bench:1", body=f"Word {number} é 😀 " + "x" * 60 * number)
        speaker.listen(lambda number=number: len(speaker.messages) > number)  # type: ignore[misc]
        time.sleep(0.05)
    vanishing.wire.shutdown()
    speaker.ask("bench.whisper", channel="bench:1", body="Psst.")
    late = enter()
    late.ask("subscribe", channel="bench:1", since=0)
    speaker.ask("bench.say", channel="bench:1", body="y" * 900)
    listener.listen(lambda: len(listener.messages) == 4)
    listener.ask("unsubscribe", channel="bench:1")
    time.sleep(0.05)
    speaker.ask("bench.say", channel="bench:1", body="Last.")
    speaker.ask("bench.say", channel="bench:2", body="Elsewhere.")
    for one in (speaker, late):
        one.listen(lambda one=one: one.messages[-1:] == ["Last."])  # type: ignore[misc]
    listener.ask("unsubscribe", channel="bench:1")
    return {"speaker": by_kind(speaker), "listener": listener.heard, "late": late.heard}


def by_kind(one: Listener) -> Transcript:
    """Order what somebody heard by kind: an answer may come before or after the message of one's own words."""
    return [[what for what in one.heard if what[0] == kind] for kind in ("answer", "message", "ephemeral", "frame")]


def in_a_burst(enter: Callable[[], Listener]) -> dict[str, Transcript]:
    """Two people send forty commands each without waiting; a third only listens, a fourth comes into the middle of it."""
    first, second, third = enter(), enter(), enter()
    for one in (first, second, third):
        one.ask("subscribe", channel="bench:3", since=0)
    late = enter()
    for number in range(40):
        for name, one in (("first", first), ("second", second)):
            event = "bench.whisper" if number % 4 == 3 else "bench.say"
            one.send(event, channel="bench:3", body=f"{name} {number}")
        if number == 20:
            late.ask("subscribe", channel="bench:3", since=0)
    for one in (first, second, third):
        one.listen(lambda one=one: len(one.messages) == 60 and len(one.bodies("ephemeral")) == 20)  # type: ignore[misc]
    for one in (first, second):
        one.listen(lambda one=one: sum(what[0] == "answer" for what in one.heard) == 41)  # type: ignore[misc]
    late.listen(lambda: bool(late.messages) and {"first 38", "second 38"} <= set(late.messages))
    assert len(late.messages) >= 28
    for one in (first, second, third):
        numbers = [what[1]["seq"] for what in one.heard if what[0] == "message"]
        assert numbers == list(range(1, 61)), "each socket gets every message once, in order"
    late_numbers = [what[1]["seq"] for what in late.heard if what[0] == "message"]
    assert late_numbers == list(range(late_numbers[0], 61))
    told = {}
    for name, one in (("first", first), ("second", second), ("third", third)):
        told[f"{name}: answers"] = [what for what in one.heard if what[0] == "answer"]
        for speaker in ("first", "second"):  # How two people's words mix is chance; each one's own order is not.
            for kind in ("message", "ephemeral"):
                told[f"{name}: {kind} of {speaker}"] = [
                    words for words in one.bodies(kind) if words.startswith(speaker)
                ]
    return told


@pytest.mark.parametrize("play", [slowly, in_a_burst])
def test_every_way_tells_every_client_the_same(
    ways: dict[str, Callable[[], Listener]], play: Callable[[Callable[[], Listener]], dict[str, Transcript]]
) -> None:
    told = {way: play(enter) for way, enter in ways.items()}
    for name, transcript in told["stock"].items():
        assert transcript, name
        assert told["direct"][name] == transcript, f"direct differs from stock for {name}"
        assert told["threads"][name] == transcript, f"threads differ from stock for {name}"


def test_the_way_follows_the_settings(tmp_path: Path) -> None:
    def chosen(**overrides: Any) -> Any:
        return client_manager(
            build_settings(tmp_path, database_url=f"sqlite:///{tmp_path}/none.sqlite3", **overrides)
        ).get("client_manager")

    assert isinstance(chosen(async_mode="eventlet"), DirectManager)
    assert chosen(async_mode="eventlet", fanout="stock") is None
    assert chosen(async_mode="threading") is None
    assert isinstance(chosen(async_mode="eventlet", redis_url="redis://127.0.0.1:1/0"), DirectRedisManager)


def test_what_is_not_text_for_all_goes_the_librarys_way(app: Flask) -> None:
    import socketio

    manager = DirectManager()
    server = socketio.Server(async_mode="threading", client_manager=manager)
    sent: list[tuple[str, Any]] = []
    server._send_eio_packet = lambda sid, packet: sent.append((sid, packet.encode()))
    server._send_packet = lambda sid, packet: sent.append((sid, packet.encode()))
    manager.emit("message", {"a": 1}, "/", to="nowhere")  # Nobody is connected at all: nothing happens.
    sid = manager.connect("below", "/")
    manager.emit("message", {"a": b"bytes"}, "/", to=sid)
    manager.emit("message", {"a": 1}, "/", to=sid, callback=lambda: None)
    assert [one for one, _ in sent] == ["below"] * 3
    assert "51-" in str(sent[0][1])
    assert sent[2][1] == '21["message",{"a":1}]'
