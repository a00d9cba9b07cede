"""Live sessions over the REST API: the same functions, the same refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.accounts.services.access_tokens import create_access_token
from social_cme.core import clock
from social_cme.live.services import leading
from tests.live.stage import Stage


class Caller:
    """A program with somebody's token."""

    def __init__(self, app: Flask, stage: Stage, user: User | None) -> None:
        self.browser: FlaskClient = app.test_client()
        self.root = f"/api/v1/rooms/{stage.room.slug}/sessions"
        self.headers = {"Authorization": f"Bearer {secret(user)}"} if user is not None else {}

    def __call__(self, method: str, path: str = "", status: int = 200, **body: Any) -> Any:
        sent = {"json": body} if body or method in {"POST", "PATCH"} else {}
        answer = self.browser.open(self.root + path, method=method, headers=self.headers, **sent)
        assert answer.status_code == status, answer.text
        return answer.json


def secret(user: User) -> str:
    return create_access_token(user, name="Test", scopes=["read", "write"], days=30)[1]


Call = Callable[[User | None], Caller]


@pytest.fixture
def call(app: Flask, stage: Stage) -> Call:
    return lambda user: Caller(app, stage, user)


def plan(stage: Stage, **changes: Any) -> dict[str, Any]:
    start = (clock.now() + timedelta(minutes=20)).replace(tzinfo=None, microsecond=0)
    return {
        "title": "Wet on day three",
        "starts": start.isoformat(),
        "ends": (start + timedelta(hours=1)).isoformat(),
        "time_zone": "UTC",
        "mentor_ids": [stage.mentor.id],
        **changes,
    }


def test_a_session_from_its_plan_to_its_threads(stage: Stage, call: Call) -> None:
    mentor, learner, peer = call(stage.mentor), call(stage.learner), call(stage.peer)
    session = mentor("POST", "", 201, **plan(stage, capacity=5), client_id="plan-000001")
    again = mentor("POST", "", 201, **plan(stage, title="Another"), client_id="plan-000001")
    assert again["id"] == session["id"]
    one = f"/{session['id']}"
    changed = mentor("PATCH", one, title="Changed", capacity=None)
    assert (changed["title"], changed["capacity"], changed["starts_at"]) == ("Changed", None, session["starts_at"])
    assert learner("PUT", f"{one}/rsvp")["going_count"] == 1
    assert learner("DELETE", f"{one}/rsvp")["going_count"] == 0

    first = learner("POST", f"{one}/questions", 201, body="Which dose?", client_id="ask-000001")
    assert learner("POST", f"{one}/questions", 201, body="Which dose?", client_id="ask-000001")["id"] == first["id"]
    second = peer("POST", f"{one}/questions", 201, body="How much?")
    question, other = (f"{one}/questions/{item['id']}" for item in (first, second))
    assert peer("PUT", f"{question}/vote")["score"] == 1
    assert peer("DELETE", f"{question}/vote")["score"] == 0

    assert mentor("POST", f"{one}/start")["state"] == "live"
    assert mentor("POST", f"{question}/answering")["state"] == "answering"
    assert mentor("POST", f"{question}/answer", text="Twice.")["answer_html"] == "<p>Twice.</p>\n"
    assert mentor("POST", f"{other}/merge", into_id=first["id"])["merged_into_id"] == first["id"]
    assert mentor("POST", f"{other}/reopen")["state"] == "open"
    assert mentor("POST", f"{other}/skip", reason="No time")["state_reason"] == "No time"
    assert mentor("POST", f"{one}/extend", minutes=5)["ends_at"] > session["ends_at"]
    lines = [learner("POST", f"{one}/chat", 201, body=f"Line {number}")["id"] for number in range(3)]
    assert mentor("POST", f"{one}/chat/{lines[0]}/hide", reason="A patient")["body"] == ""
    page = learner("GET", f"{one}/chat?limit=2")
    assert [item["id"] for item in page["items"]] == [lines[2], lines[1]]
    assert [item["id"] for item in learner("GET", f"{one}/chat?cursor={page['next_cursor']}")["items"]] == [lines[0]]
    assert mentor("POST", f"{one}/end")["state"] == "ended"

    state = learner("GET", f"{one}/state")
    assert state["session"]["is_archived"] is True
    assert {item["id"]: bool(item["thread_id"]) for item in state["questions"]} == {
        first["id"]: True,
        second["id"]: True,
    }
    assert [item["id"] for item in learner("GET", f"{one}/questions")["items"]] == [first["id"], second["id"]]
    assert [item["id"] for item in learner("GET")["items"]] == [session["id"]]
    assert learner("GET", one) == state["session"]


def test_what_a_person_may_not_do_a_program_of_theirs_may_not(stage: Stage, call: Call) -> None:
    session = stage.running()
    question = stage.ask(session, stage.peer)
    learner, stranger, nobody = call(stage.learner), call(stage.make.user()), call(None)
    one = f"/{session.id}"
    writes = [
        ("POST", "", plan(stage)),
        ("PATCH", one, {"title": "Mine"}),
        ("POST", f"{one}/cancel", {"reason": "No"}),
        ("POST", f"{one}/start", {}),
        ("POST", f"{one}/extend", {"minutes": 5}),
        ("POST", f"{one}/end", {}),
        ("POST", f"{one}/questions/{question.id}/answering", {}),
        ("POST", f"{one}/questions/{question.id}/answer", {"text": "Yes"}),
        ("POST", f"{one}/questions/{question.id}/merge", {"into_id": question.id}),
        ("POST", f"{one}/questions/{question.id}/skip", {"reason": "No"}),
        ("POST", f"{one}/questions/{question.id}/hide", {"reason": "No"}),
        ("POST", f"{one}/questions/{question.id}/reopen", {}),
    ]
    for method, path, body in writes:
        learner(method, path, 403, **body)
    for method, path, body in [
        *writes,
        ("PUT", f"{one}/rsvp", {}),
        ("DELETE", f"{one}/rsvp", {}),
        ("POST", f"{one}/questions", {"body": "Hello?"}),
        ("PUT", f"{one}/questions/{question.id}/vote", {}),
        ("DELETE", f"{one}/questions/{question.id}/vote", {}),
        ("POST", f"{one}/chat", {"body": "Hello"}),
    ]:
        stranger(method, path, 403, **body)
        nobody(method, path, 401, **body)
    assert call(stage.peer)("PUT", f"{one}/questions/{question.id}/vote", 403)["title"].startswith("This is your own")
    assert nobody("GET", f"{one}/state")["my_votes"] == []


def test_refusals_name_the_fields(stage: Stage, call: Call) -> None:
    mentor = call(stage.mentor)
    for changes, field in (
        ({"title": ""}, "title"),
        ({"title": "\u200b\u200b"}, "title"),
        ({"starts": "2020-01-01T00:00:00"}, "starts_at"),
        ({"starts": "2030-01-01T00:00:00Z"}, "starts"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"mentor_ids": [stage.learner.id]}, "mentor_ids"),
        ({"mentor_ids": [2**70]}, "mentor_ids"),
        ({"capacity": 0}, "capacity"),
    ):
        answer = mentor("POST", "", 422, **plan(stage, **changes))
        assert any(name.startswith(field) for name in answer["fields"]), (changes, answer)
    session = stage.running()
    for path, body in (
        ("questions", {"body": " "}),
        ("questions", {"body": "x" * 501}),
        ("chat", {"body": "x" * 1001}),
        ("chat", {}),
    ):
        mentor("POST", f"/{session.id}/{path}", 422, **body)


def test_a_session_of_another_room_is_not_found(stage: Stage, call: Call) -> None:
    session = stage.running()
    question = stage.ask(session)
    mentor = call(stage.mentor)
    mentor.root = f"/api/v1/rooms/{stage.other_room.slug}/sessions"
    for method, path, body in (
        ("GET", "", {}),
        ("GET", "/state", {}),
        ("GET", "/questions", {}),
        ("GET", "/chat", {}),
        ("PATCH", "", {"title": "Mine"}),
        ("POST", "/end", {}),
        ("PUT", f"/questions/{question.id}/vote", {}),
        ("POST", f"/questions/{question.id}/answer", {"text": "Yes"}),
        ("POST", "/chat", {"body": "Hello"}),
    ):
        mentor(method, f"/{session.id}{path}", 404, **body)


def test_cursors_that_were_made_up_are_refused(stage: Stage, call: Call) -> None:
    session = stage.running()
    learner = call(stage.learner)
    for cursor in ("x", "W10", "WyJ4IiwxXQ", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwxXQ"):
        learner("GET", f"?cursor={cursor}", 400)
        learner("GET", f"/{session.id}/chat?cursor={cursor}", 400)


def test_the_state_knows_ones_own_votes(stage: Stage, call: Call) -> None:
    session = stage.running()
    question = stage.ask(session)
    stage.vote(session, question)
    assert call(stage.peer)("GET", f"/{session.id}/state")["my_votes"] == [question.id]
    assert call(stage.learner)("GET", f"/{session.id}/state")["my_votes"] == []
    leading.end_session(stage.ctx(stage.mentor), session.id)
    assert call(stage.peer)("GET", f"/{session.id}/state")["seq"] == len(stage.facts(session))


def test_the_queue_and_the_chat_in_depth(stage: Stage, call: Call) -> None:
    mentor, learner, peer = call(stage.mentor), call(stage.learner), call(stage.peer)
    one = f"/{stage.running().id}"
    found = mentor("PATCH", f"{one}/options", approve_first=True, labels=["dose"])
    assert found == {"approve_first": True, "allow_pseudonyms": True, "slow_seconds": 0, "labels": ["dose"]}
    asked = learner("POST", f"{one}/questions", 201, body="Which dose?", pseudonym="member")
    assert (asked["state"], asked["author"]["id"], asked["author"]["display_name"]) == ("pending", None, "Member of this room")  # fmt: skip
    question = f"{one}/questions/{asked['id']}"
    assert [item["id"] for item in learner("GET", f"{one}/questions/mine")["items"]] == [asked["id"]]
    assert peer("GET", f"{one}/questions/mine")["items"] == peer("GET", f"{one}/questions")["items"] == []
    assert [item["id"] for item in mentor("GET", f"{one}/pending")["items"]] == [asked["id"]]
    assert mentor("POST", f"{question}/private", 201, body="Which weight?")["is_from_author"] is False
    talk = learner("GET", f"{one}/private")["items"][0]
    assert (talk["is_mine"], talk["mentor"]["id"]) == (True, stage.mentor.id)
    assert learner("POST", f"{question}/private", 201, body="Ten.", mentor_id=stage.mentor.id)["is_from_author"] is True
    assert peer("GET", f"{one}/private")["items"] == []
    assert mentor("POST", f"{question}/decline", reason="Asked before")["state"] == "declined"
    assert mentor("POST", f"{question}/approve")["state"] == "open"
    assert mentor("POST", f"{question}/move", to="top")["id"] == asked["id"]
    assert mentor("PUT", f"{question}/labels", labels=["dose"])["labels"] == ["dose"]
    state = learner("GET", f"{one}/state")
    assert (state["order"], state["my_questions"], state["stage"]) == ([asked["id"]], [asked["id"]], None)
    later = mentor("POST", f"{question}/later", days=3)
    assert (later["state"], later["answer_kind"], later["due_at"] is not None) == ("later", "later", True)

    line = learner("POST", f"{one}/chat", 201, body="Hello @Peer")
    assert line["mentions"] == [stage.peer.id]
    answer = peer("POST", f"{one}/chat", 201, body="Hello", reply_to_id=line["id"])
    assert answer["reply_to"]["body"] == "Hello @Peer"
    message = f"{one}/chat/{line['id']}"
    assert peer("POST", f"{message}/reactions", kind="thanks")["reactions"] == {"thanks": 1}
    assert peer("GET", f"{one}/chat")["my_reactions"] == [{"message_id": line["id"], "kinds": ["thanks"]}]
    assert peer("DELETE", f"{message}/reactions/thanks")["reactions"] == {}
    mentor("PUT", f"{message}/pin")
    assert peer("GET", f"{one}/state")["pinned"]["id"] == line["id"]
    mentor("DELETE", f"{message}/pin")
    mentor("PATCH", f"{one}/options", slow_seconds=60)
    assert learner("POST", f"{one}/chat", 429, body="Again")["code"] == "rate_limited"
    peer("DELETE", f"{message}/reactions/nonsense", 422)
    for method, path, body in (
        ("PATCH", f"{one}/options", {"slow_seconds": 5}),
        ("GET", f"{one}/pending", {}),
        ("POST", f"{question}/approve", {}),
        ("POST", f"{question}/decline", {"reason": "No"}),
        ("POST", f"{question}/move", {"to": "top"}),
        ("PUT", f"{question}/labels", {"labels": []}),
        ("POST", f"{question}/later", {}),
        ("PUT", f"{message}/pin", {}),
    ):
        peer(method, path, 403, **body)
    peer("POST", f"{question}/private", 404, body="Me too")
