"""Moderation over the API: the same rules, answered as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from social_cme.accounts.models import AccessToken, User
from social_cme.core.ids import new_token, token_hash
from social_cme.persistence.transaction import transaction
from tests.moderation.conftest import Scene


class Program:
    """Somebody's program, with a token of theirs."""

    def __init__(self, client: FlaskClient, user: User | None) -> None:
        self.client = client
        self.headers: dict[str, str] = {}
        if user is not None:
            secret = new_token()
            with transaction() as tx:
                tx.add(
                    AccessToken(user_id=user.id, name="test", token_hash=token_hash(secret), scopes=["read", "write"])
                )
            self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, headers=self.headers)

    def post(self, address: str, body: dict[str, Any]) -> TestResponse:
        return self.client.post(address, json=body, headers=self.headers)


Login = Callable[[User | None], Program]


@pytest.fixture
def login(app: Flask) -> Login:
    """Return the program of a person, or of nobody."""
    return lambda user: Program(app.test_client(), user)


def _send(program: Program, address: str, body: dict[str, Any] | None = None) -> TestResponse:
    return program.post(f"/api/v1{address}", body if body is not None else {})


def _room(scene: Scene) -> str:
    return f"/rooms/{scene.room.slug}"


def test_a_report_runs_through_queue_decision_and_log(scene: Scene, login: Login) -> None:
    member, mentor = login(scene.asker), login(scene.mentor)
    made = _send(member, f"{_room(scene)}/posts/{scene.answer.id}/flags", {"reason": "identifier", "note": "A name."})
    assert made.status_code == 201
    flag = made.get_json()
    assert (flag["target"], flag["target_id"], flag["resolved_at"]) == ("post", scene.answer.id, None)
    [report] = mentor.get(f"/api/v1{_room(scene)}/moderation/queue").get_json()["items"]
    assert (report["is_urgent"], report["is_hidden"], report["body_md"]) == (True, True, scene.answer.body_md)
    assert [one["id"] for one in report["flags"]] == [flag["id"]]
    address = f"{_room(scene)}/moderation/flags/{flag['id']}/resolve"
    assert _send(mentor, address, {"resolution": "hide"}).status_code == 422
    done = _send(mentor, address, {"resolution": "hide", "note": "Names a patient."})
    assert (done.status_code, done.get_json()["resolution"]) == (200, "hide")
    assert _send(mentor, address, {"resolution": "keep"}).status_code == 409
    log = mentor.get(f"/api/v1{_room(scene)}/moderation/log").get_json()["items"]
    assert [entry["action"] for entry in log] == ["hidden", "withheld"]


def test_a_repeat_with_the_same_client_id_returns_the_first_report(scene: Scene, login: Login) -> None:
    member = login(scene.asker)
    body = {"reason": "identifier", "client_id": "phone-0001"}
    address = f"{_room(scene)}/posts/{scene.answer.id}/flags"
    assert _send(member, address, body).get_json()["id"] == _send(member, address, body).get_json()["id"]
    assert _send(member, address, {"reason": "off_topic"}).status_code in {404, 409}


MEASURES = [
    ("threads/{thread}/pin", {}),
    ("threads/{thread}/unpin", {}),
    ("threads/{thread}/lock", {"reason": "Settled."}),
    ("threads/{thread}/unlock", {}),
    ("threads/{thread}/hide", {"reason": "Spam."}),
    ("threads/{thread}/unhide", {"reason": ""}),
    ("posts/{post}/hide", {"reason": "Unsafe."}),
    ("posts/{post}/unhide", {}),
]


@pytest.mark.parametrize(("path", "body"), MEASURES)
def test_measures_are_for_the_rooms_moderators(scene: Scene, login: Login, path: str, body: dict[str, Any]) -> None:
    address = f"{_room(scene)}/{path.format(thread=scene.thread.id, post=scene.answer.id)}"
    assert _send(login(None), address, body).status_code == 401
    assert _send(login(scene.asker), address, body).status_code == 403
    other = scene.make.user()
    foreign = scene.make.room(mentor=other)
    assert _send(login(other), address, body).status_code == 403
    elsewhere = f"/rooms/{foreign.slug}/{path.format(thread=scene.thread.id, post=scene.answer.id)}"
    assert _send(login(other), elsewhere, body).status_code == 404
    assert scene.log() == []
    assert _send(login(scene.mentor), address, body).status_code == 200


def test_a_thread_is_moved(scene: Scene, login: Login) -> None:
    target = scene.make.room(mentor=scene.mentor)
    address = f"{_room(scene)}/threads/{scene.thread.id}/move"
    moved = _send(login(scene.mentor), address, {"room": target.slug, "reason": "Better there."})
    assert (moved.status_code, moved.get_json()["room_id"]) == (200, target.id)
    assert _send(login(scene.mentor), address, {"room": target.slug}).status_code == 404


@pytest.mark.parametrize("path", ["moderation/queue", "moderation/log"])
def test_queue_and_log_are_refused_to_members(scene: Scene, login: Login, path: str) -> None:
    assert login(None).get(f"/api/v1{_room(scene)}/{path}").status_code == 401
    assert login(scene.asker).get(f"/api/v1{_room(scene)}/{path}").status_code == 403


def test_fields_that_nobody_asked_for_set_nothing(scene: Scene, login: Login) -> None:
    body = {"reason": "off_topic", "resolution": "keep", "resolved_at": "2020-01-01", "reporter_id": scene.mentor.id}
    _send(login(scene.asker), f"{_room(scene)}/posts/{scene.answer.id}/flags", body)
    [flag] = scene.flags()
    assert (flag.reporter_id, flag.resolved_at, flag.resolution) == (scene.asker.id, None, "")
