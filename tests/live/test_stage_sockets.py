"""The messages of what stands in front of the audience, over real sockets: heard by all, and the same as a fresh page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.live.services import slides
from social_cme.live.services import stage as stage_service
from tests.live.decks import bring
from tests.live.stage import Stage
from tests.live.test_api import Caller
from tests.live.test_sockets import Scene, ok, refused


@pytest.fixture
def scene(stage: Stage, connect: Callable[[User], SocketIOTestClient], login: Callable[[User], FlaskClient]) -> Scene:
    return Scene(stage, connect, login)


def test_slides_and_projector_move_for_everybody(scene: Scene) -> None:
    stage, session = scene.stage, scene.session
    bring(stage, session)
    scene.settle()
    assert scene.learner.state["slides"]["pages"] == 3
    answer = ok(scene.mentor.send("slide.show", session_id=session.id, page=2))
    assert answer["slides"]["page"] == 2
    refused(scene.mentor.send("slide.show", session_id=session.id, page=9), "invalid")
    refused(scene.learner.send("slide.show", session_id=session.id, page=3))
    ok(scene.mentor.send("projector.show", session_id=session.id, view="slides"))
    refused(scene.learner.send("projector.show", session_id=session.id, view="join"))
    refused(scene.mentor.send("projector.show", session_id=session.id, view="other"), "invalid")
    slides.describe_page(stage.ctx(stage.mentor), session.id, page=2, alt="Anew")
    scene.settle()
    assert scene.learner.state["projector"] == {"view": "slides"}
    slides.remove_decks(stage.ctx(stage.mentor), session.id)
    scene.settle()
    assert scene.learner.state["slides"]["key"] == ""


def test_hands_go_up_get_the_floor_and_go_down(scene: Scene) -> None:
    about = {"session_id": scene.session.id}
    hand = ok(scene.learner.send("hand.raise", **about))["hand"]
    scene.settle()
    assert [one["person"]["display_name"] for one in scene.mentor.state["hands"]] == ["Learner"]
    refused(scene.learner.send("hand.give", **about, hand_id=hand["id"]))
    refused(scene.learner.send("hand.next", **about))
    given = ok(scene.mentor.send("hand.give", **about, hand_id=hand["id"], minutes=2))["hand"]
    assert given["state"] == "speaking"
    assert given["until_at"] is not None
    scene.settle()
    assert ok(scene.mentor.send("hand.next", **about))["hand"] is None
    scene.settle()
    assert scene.learner.state["hands"] == []
    assert ok(scene.learner.send("hand.lower", **about))["hand"] is None
    ok(scene.learner.send("hand.raise", **about))
    ok(scene.mentor.send("hand.next", **about, minutes=1))
    ok(scene.learner.send("hand.lower", **about))
    scene.settle()


def test_captions_are_typed_and_taken_back(scene: Scene) -> None:
    stage, about = scene.stage, {"session_id": scene.session.id}
    refused(scene.learner.send("caption.post", **about, body="Too early"))
    stage_service.name_captioner(stage.ctx(stage.mentor), scene.session.id, user_id=stage.learner.id)
    scene.settle()
    assert scene.mentor.state["captioner"]["display_name"] == "Learner"
    line = ok(scene.learner.send("caption.post", **about, body="Good evening"))["caption"]
    refused(scene.learner.send("caption.post", **about, body="MRN 12345678"), "identifiers_found")
    scene.settle()
    assert [one["body"] for one in scene.mentor.state["captions"]] == ["Good evening"]
    ok(scene.mentor.send("caption.hide", **about, caption_id=line["id"]))
    scene.settle()
    assert [one["body"] for one in scene.learner.state["captions"]] == [""]


def test_links_are_shared_and_removed(scene: Scene) -> None:
    about = {"session_id": scene.session.id}
    link = ok(scene.learner.send("link.share", **about, title="Trial", url="https://example.org/a"))["link"]
    refused(scene.learner.send("link.share", **about, title="Bad", url="javascript:alert(1)"), "invalid")
    scene.settle()
    assert scene.mentor.state["links"][0]["host"] == "example.org"
    refused(scene.elsewhere.send("link.remove", **about, link_id=link["id"]))
    ok(scene.mentor.send("link.remove", **about, link_id=link["id"]))
    scene.settle()
    assert scene.learner.state["links"] == []


def test_the_video_is_told_without_its_address(scene: Scene) -> None:
    stage = scene.stage
    stage_service.set_video(stage.ctx(stage.mentor), scene.session.id, url="https://meet.example.org/secret-name")
    scene.settle()
    assert scene.learner.state["video"] == {"is_set": True, "host": "meet.example.org"}
    assert "secret-name" not in str(scene.learner.heard)


def test_the_same_acts_over_the_api(app: Flask, stage: Stage) -> None:
    session = stage.running()
    mentor, learner, peer = (Caller(app, stage, user) for user in (stage.mentor, stage.learner, stage.peer))
    root = f"/{session.id}"
    hand = learner("PUT", f"{root}/hand")
    assert peer("GET", f"{root}/hands")["items"] == [hand]
    peer("DELETE", f"{root}/hands/{hand['id']}", 403)
    assert mentor("PUT", f"{root}/hands/{hand['id']}/floor", minutes=3)["state"] == "speaking"
    assert mentor("POST", f"{root}/hands/next", minutes=0)["items"] == []
    second = peer("PUT", f"{root}/hand")
    assert mentor("DELETE", f"{root}/hands/{second['id']}")["state"] == "lowered"
    learner("DELETE", f"{root}/hand", 204)
    mentor("PUT", f"{root}/captioner", user_id=stage.peer.id)
    line = peer("POST", f"{root}/captions", 201, body="Good evening")
    learner("DELETE", f"{root}/captions/{line['id']}", 403)
    assert mentor("DELETE", f"{root}/captions/{line['id']}")["is_hidden"] is True
    assert learner("GET", f"{root}/captions")["captioner"]["display_name"] == "Peer"
    link = learner("POST", f"{root}/links", 201, title="Trial", url="https://example.org/a")
    learner("POST", f"{root}/links", 422, title="Bad", url="data:text/html,x")
    assert peer("GET", f"{root}/links")["items"] == [link]
    peer("DELETE", f"{root}/links/{link['id']}", 403)
    assert learner("DELETE", f"{root}/links/{link['id']}")["is_removed"] is True
    assert mentor("PUT", f"{root}/video", url="https://meet.example.org/x")["host"] == "meet.example.org"
    mentor("PUT", f"{root}/video", 422, url="http://meet.example.org/x")
    learner("PUT", f"{root}/video", 403, url="https://meet.example.org/x")
