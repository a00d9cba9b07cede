"""Messages about being there, the pause and the agenda over real sockets: what they do, who hears them, who may not send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.live.queries.agenda import load_agenda
from social_cme.live.rules import SegmentPlan
from social_cme.live.services import agenda
from tests.live.stage import Stage
from tests.live.test_sockets import Scene, ok, refused

Connect = Callable[[User], SocketIOTestClient]
Login = Callable[[User], FlaskClient]
AGENDA = (
    SegmentPlan(title="Why loops fail", minutes=20, kind="didactic"),
    SegmentPlan(title="Coffee", minutes=10, kind="break", countable=False),
)


@pytest.fixture
def scene(stage: Stage, connect: Connect, login: Login) -> Scene:
    return Scene(stage, connect, login)


def test_a_session_is_paused_and_resumed_for_everybody(scene: Scene) -> None:
    about = {"session_id": scene.session.id}
    name = {"client_id": "pause-12345"}
    first = ok(scene.mentor.send("session.pause", **about, **name))
    assert ok(scene.mentor.send("session.pause", **about, **name)) == first
    scene.settle()
    assert scene.learner.state["session"]["paused_at"] is not None
    beat = ok(scene.learner.send("session.heartbeat", **about))
    assert (beat["counted"], beat["why"]) == (False, "pause")
    ok(scene.learner.send("chat.post", **about, body="Still open?"))
    ok(scene.mentor.send("session.resume", **about))
    scene.settle()
    assert scene.learner.state["session"]["paused_at"] is None
    assert ok(scene.learner.send("session.heartbeat", **about))["counted"]
    assert [one["kind"] for one in scene.learner.heard] == ["session.paused", "chat.posted", "session.resumed"]


def test_segments_are_moved_for_everybody(scene: Scene) -> None:
    agenda.set_agenda(scene.stage.ctx(scene.stage.mentor), scene.session.id, segments=AGENDA)
    about = {"session_id": scene.session.id}
    answer = ok(scene.mentor.send("segment.start", **about))
    talk, coffee = load_agenda(scene.session.id).segments
    assert answer["agenda"]["current_id"] == talk.id
    ok(scene.mentor.send("segment.start", **about, segment_id=coffee.id, client_id="segment-12345"))
    scene.settle()
    assert scene.learner.state["agenda"]["current_id"] == coffee.id
    assert [one["kind"] for one in scene.learner.heard] == ["agenda.changed", "segment.started", "segment.started"]
    refused(scene.mentor.send("segment.start", **about, segment_id=0), "invalid")
    refused(scene.mentor.send("segment.start", session_id=scene.other.id, segment_id=coffee.id), "not_found")
    ok(scene.mentor.send("session.end", **about))
    scene.settle()


def test_a_sign_of_life_is_nobody_elses_news(scene: Scene) -> None:
    about = {"session_id": scene.session.id}
    answer = ok(scene.learner.send("session.still_here", **about, client_id="still-here-1"))
    assert (answer["counted"], answer["answer_by"]) == (True, None)
    scene.settle()
    assert scene.mentor.heard == []


def test_a_connection_is_checked_without_a_trace(scene: Scene) -> None:
    assert ok(scene.learner.send("session.check", session_id=scene.session.id)) == {"ok": True}
    refused(scene.learner.send("session.check", session_id=999_999), "not_found")
    scene.settle()


@pytest.mark.parametrize("event", ["session.pause", "session.resume", "segment.start"])
def test_a_learner_cannot_steer(scene: Scene, event: str) -> None:
    refused(scene.learner.send(event, session_id=scene.session.id))
    scene.settle()
    assert scene.learner.heard == []


@pytest.mark.parametrize("payload", [{}, {"session_id": "x"}, {"session_id": 1, "at": "2030-01-01"}], ids=str)
@pytest.mark.parametrize("event", ["session.still_here", "session.check", "session.pause", "segment.start"])
def test_nonsense_is_refused(scene: Scene, event: str, payload: dict[str, Any]) -> None:
    refused(scene.mentor.send(event, **payload), "invalid")
