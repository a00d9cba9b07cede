"""After a reconnect a client has what a fresh load shows: compared for every kind of fact that travels on a session's channel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.events import Event
from social_cme.live import events
from social_cme.live.models import LiveSession
from social_cme.live.queries.board import load_board
from social_cme.live.queries.sessions import access_session
from social_cme.live.schemas import BoardOut
from tests.live import scenario
from tests.live.scenario import BEFORE_THE_START, SCENES, ModelClient, State, shared
from tests.live.stage import NOON, Stage

Connect = Callable[[User], SocketIOTestClient]


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.at(NOON):
        yield


def kinds_of_the_channel() -> set[str]:
    """Return the kinds of facts that travel on a session's own channel."""
    found = [one for one in vars(events).values() if isinstance(one, type) and issubclass(one, Event)]
    facts = [one for one in found if issubclass(one, events.SessionFact) and "kind" in vars(one)]
    return {str(one.kind) for one in facts if one.channel is events.SessionFact.channel}


def fresh(stage: Stage, session: LiveSession) -> State:
    """Return what a page that is opened now shows."""
    ctx = stage.ctx(stage.learner)
    board = load_board(ctx, access_session(ctx, session.id))
    return dict(json.loads(BoardOut.of(board).model_dump_json()))


def ask(socket: SocketIOTestClient, session: LiveSession, since: int) -> list[State]:
    answer: dict[str, Any] = socket.emit("subscribe", {"channel": f"live:{session.id}", "since": since}, callback=True)
    assert answer["ok"]
    return list(answer["messages"])


def test_every_kind_of_fact_has_its_scene() -> None:
    missing = kinds_of_the_channel() - SCENES.keys()
    assert not missing, f"tests/live/scenario.py needs a scene for: {', '.join(sorted(missing))}"
    unknown = SCENES.keys() - kinds_of_the_channel()
    assert not unknown, f"tests/live/scenario.py has scenes of facts that do not exist: {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("kind", sorted(SCENES))
def test_what_the_channel_tells_leads_to_what_a_fresh_load_shows(stage: Stage, connect: Connect, kind: str) -> None:
    session = stage.session() if kind in BEFORE_THE_START else stage.running()
    first = fresh(stage, session)
    socket = connect(stage.learner)
    ask(socket, session, first["seq"])
    SCENES[kind](stage, session)
    assert kind in stage.kinds(session), "the scene does not make its fact"
    last = fresh(stage, session)

    heard = [one for event in socket.get_received() if event["name"] == "message" for one in event["args"]]
    told = sorted((one for one in heard if one["seq"] > first["seq"]), key=lambda one: one["seq"])
    assert [one["seq"] for one in told] == list(range(first["seq"] + 1, last["seq"] + 1))
    assert_equal(first, told, last, "who was there all the time")

    replayed = ask(socket, session, first["seq"])
    assert_equal(first, replayed, last, "who was away and came back")
    assert_equal(first, ask(socket, session, 0), last, "who is told everything from the beginning")
    assert_equal(last, ask(socket, session, 0), last, "who is told again what a fresh load has shown")
    assert_equal(first, [*told, *replayed], last, "who is told everything twice")
    half = len(told) // 2
    assert_equal(first, [*told[:half], *ask(socket, session, first["seq"] + half)], last, "who lost the second half")


def assert_equal(start: State, messages: list[State], expected: State, who: str) -> None:
    client = ModelClient(start)
    for one in messages:
        client.hear(json.loads(json.dumps(one)))
    have, want = shared(client.state), shared(expected)
    assert have.keys() == want.keys(), (
        f"{who}: messages carry keys that the snapshot lacks: {have.keys() ^ want.keys()}"
    )
    for key, value in want.items():
        assert have[key] == value, f"{who}: {key} differs from a fresh load"


def test_a_message_that_is_left_out_would_be_noticed(stage: Stage) -> None:
    session = stage.running()
    first = fresh(stage, session)
    scenario.SCENES["question.voted"](stage, session)
    with pytest.raises(AssertionError, match="questions differs"):
        assert_equal(first, [], fresh(stage, session), "a deaf client")
