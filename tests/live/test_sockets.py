"""Every message of a live session over real sockets: what it does, who hears it, and who may not send it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.live.models import LiveSession
from social_cme.live.services import leading, queue
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from social_cme.rooms.models import Membership
from tests.live.audience import Listener, shared
from tests.live.stage import Stage

Connect = Callable[[User], SocketIOTestClient]
Login = Callable[[User], FlaskClient]


@pytest.fixture
def scene(stage: Stage, connect: Connect, login: Login) -> Scene:
    return Scene(stage, connect, login)


class Scene:
    """A running session with a learner, a mentor and somebody in another session of the same room."""

    def __init__(self, stage: Stage, connect: Connect, login: Login) -> None:
        self.stage, self.connect, self.login = stage, connect, login
        self.session = stage.running()
        self.other = stage.running()
        self.learner, self.mentor, self.elsewhere = (
            Listener(connect(user)) for user in (stage.learner, stage.mentor, stage.peer)
        )
        for one, session, user in (
            (self.learner, self.session, stage.learner),
            (self.mentor, self.session, stage.mentor),
            (self.elsewhere, self.other, stage.peer),
        ):
            one.follow(session.id, self.snapshot(user, session))

    def snapshot(self, user: User, session: LiveSession | None = None) -> dict[str, Any]:
        session = session or self.session
        answer = self.login(user).get(f"/api/v1/rooms/{self.stage.room.slug}/sessions/{session.id}/state")
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def settle(self) -> None:
        """Let everybody hear; the other session hears nothing, and the two in this one agree with a fresh page."""
        self.learner.listen()
        self.mentor.listen()
        assert self.elsewhere.listen() == []
        for one, user in ((self.learner, self.stage.learner), (self.mentor, self.stage.mentor)):
            fresh = self.snapshot(user)
            assert shared(one.state) == shared(fresh)


def ok(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["ok"], answer
    return answer


def refused(answer: dict[str, Any], code: str = "forbidden") -> None:
    assert answer["ok"] is False
    assert answer["error"]["code"] == code, answer


def test_a_question_is_asked_and_heard(scene: Scene) -> None:
    answer = ok(scene.learner.send("question.ask", session_id=scene.session.id, body="Which dose?"))
    assert answer["question"]["body"] == "Which dose?"
    scene.settle()
    [message] = scene.mentor.heard
    assert message["kind"] == "question.asked"
    assert message["data"]["questions"][0]["author"] == {
        "id": scene.stage.learner.id,
        "display_name": "Learner",
        "profession": "physician",
        "is_verified": False,
        "is_pseudonym": False,
    }
    refused(scene.learner.send("question.ask", session_id=scene.session.id, body=""), "invalid")
    refused(scene.learner.send("question.ask", session_id=scene.session.id, body="x" * 501), "invalid")
    refused(scene.learner.send("question.ask", session_id=scene.session.id, body="a", author_id=1), "invalid")


def test_a_repeated_message_returns_the_first_result(scene: Scene) -> None:
    name = {"client_id": "11112222-aaaa"}
    first = ok(scene.learner.send("question.ask", session_id=scene.session.id, body="Which dose?", **name))
    again = ok(scene.learner.send("question.ask", session_id=scene.session.id, body="Another", **name))
    assert first["question"]["id"] == again["question"]["id"]
    line = ok(scene.learner.send("chat.post", session_id=scene.session.id, body="Hello", **name))
    assert ok(scene.learner.send("chat.post", session_id=scene.session.id, body="Hello", **name)) == line
    question = {"session_id": scene.session.id, "question_id": first["question"]["id"]}
    for event in ("question.answering", "question.answer", "question.reopen"):
        before = ok(scene.mentor.send(event, **question, client_id=event.replace(".", "-")))
        assert ok(scene.mentor.send(event, **question, client_id=event.replace(".", "-"))) == before
    scene.settle()
    assert [one["kind"] for one in scene.mentor.heard].count("question.state_changed") == 3


def test_votes_are_heard_as_numbers_and_nobody_learns_who(scene: Scene) -> None:
    question = scene.stage.ask(scene.session)
    about = {"session_id": scene.session.id, "question_id": question.id}
    refused(scene.learner.send("question.vote", **about))
    ok(scene.mentor.send("question.vote", **about))
    ok(scene.mentor.send("question.vote", **about))
    scene.settle()
    assert scene.learner.heard[-1]["data"] == {"questions": [{"id": question.id, "score": 1}]}
    assert scene.snapshot(scene.stage.mentor)["my_votes"] == [question.id]
    assert scene.snapshot(scene.stage.learner)["my_votes"] == []
    ok(scene.mentor.send("question.unvote", **about))
    scene.settle()
    assert scene.learner.state["questions"][0]["score"] == 0


def test_a_question_is_taken_up_answered_and_put_back(scene: Scene) -> None:
    question = scene.stage.ask(scene.session)
    about = {"session_id": scene.session.id, "question_id": question.id}
    ok(scene.mentor.send("question.answering", **about))
    scene.settle()
    assert scene.learner.state["session"]["current_question_id"] == question.id
    answer = ok(scene.mentor.send("question.answer", **about, text="**Twice** the oral dose."))
    assert answer["question"]["answered_by"]["display_name"] == "Mentor"
    scene.settle()
    assert scene.learner.state["questions"][0]["answer_html"] == "<p><strong>Twice</strong> the oral dose.</p>\n"
    ok(scene.mentor.send("question.reopen", **about))
    scene.settle()


def test_the_next_question_is_taken_up(scene: Scene) -> None:
    first, second = scene.stage.ask(scene.session), scene.stage.ask(scene.session)
    scene.stage.vote(scene.session, second)
    taken = [ok(scene.mentor.send("question.next", session_id=scene.session.id))["question"] for _ in range(3)]
    assert [one and one["id"] for one in taken] == [second.id, first.id, None]
    scene.settle()


def test_questions_are_merged_skipped_and_hidden(scene: Scene) -> None:
    one, two, three = (scene.stage.ask(scene.session, body=body) for body in ("One", "Two", "The mayor"))
    for question in (one, two):
        scene.stage.vote(scene.session, question)
    about = {"session_id": scene.session.id}
    ok(scene.mentor.send("question.merge", **about, question_id=two.id, into_id=one.id))
    scene.settle()
    ok(scene.mentor.send("question.skip", **about, question_id=one.id, reason="Covered by the case"))
    scene.settle()
    ok(scene.mentor.send("question.hide", **about, question_id=three.id, reason="A patient"))
    scene.settle()
    hidden = next(item for item in scene.learner.state["questions"] if item["id"] == three.id)
    assert (hidden["body"], hidden["author"], hidden["state_reason"]) == ("", None, "A patient")
    ok(scene.mentor.send("question.reopen", **about, question_id=two.id))
    scene.settle()


def test_the_chat_is_heard_and_hidden(scene: Scene) -> None:
    line = ok(scene.learner.send("chat.post", session_id=scene.session.id, body="Hello <b>all</b>"))["chat"]
    assert line["body"] == "Hello <b>all</b>"
    scene.settle()
    refused(scene.learner.send("chat.hide", session_id=scene.session.id, message_id=line["id"]))
    ok(scene.mentor.send("chat.hide", session_id=scene.session.id, message_id=line["id"]))
    scene.settle()
    assert scene.learner.state["chat"] == [
        {**line, "body": "", "author": None, "is_hidden": True, "hidden_reason": "not fit for this chat"}
    ]


def test_what_was_hidden_stays_hidden_when_it_is_told_again(scene: Scene) -> None:
    scene.stage.say(scene.session, "The mayor of room 4")
    question = scene.stage.ask(scene.session, body="The mayor of room 4?")
    ok(scene.mentor.send("chat.hide", session_id=scene.session.id, message_id=1))
    ok(scene.mentor.send("question.hide", session_id=scene.session.id, question_id=question.id, reason="A patient"))
    late = Listener(scene.connect(scene.stage.peer))
    answer = late.send("subscribe", channel=f"live:{scene.session.id}", since=0)
    assert [one["kind"] for one in answer["messages"]][2:4] == ["chat.posted", "question.asked"]
    assert "mayor" not in str(answer)


def test_a_heartbeat_tells_what_is_on_record(scene: Scene) -> None:
    answer = ok(scene.learner.send("session.heartbeat", session_id=scene.session.id))
    calm = {"why": "", "answer_by": None}
    assert answer == {"ok": True, "state": "live", "counted": True, "present": 1, "seconds": 0, **calm}
    refused(scene.learner.send("session.heartbeat", session_id=scene.session.id, at="2030-01-01T00:00:00Z"), "invalid")
    refused(scene.learner.send("session.heartbeat", session_id=10**9), "not_found")
    scene.settle()


def test_a_session_is_started_extended_and_ended(scene: Scene) -> None:
    stage = scene.stage
    session = stage.session()
    hall, mentor = Listener(scene.connect(stage.learner)), Listener(scene.connect(stage.mentor))
    hall.follow(session.id, scene.snapshot(stage.learner, session))
    ok(hall.send("question.ask", session_id=session.id, body="Which dose?"))
    ok(mentor.send("session.start", session_id=session.id))
    ok(mentor.send("session.extend", session_id=session.id, minutes=5, client_id="extend-0001"))
    ok(mentor.send("session.end", session_id=session.id))
    ok(mentor.send("session.end", session_id=session.id))
    hall.listen()
    assert [one["kind"] for one in hall.heard] == [
        "question.asked",
        "session.started",
        "session.changed",
        "session.ended",
        "session.archived",
    ]
    assert shared(hall.state) == shared(scene.snapshot(stage.learner, session))
    assert hall.state["questions"][0]["thread_id"] is not None
    scene.settle()


def test_who_comes_is_heard_as_a_number(scene: Scene) -> None:
    slug = scene.stage.room.slug
    browser = scene.login(scene.stage.peer)
    token = _csrf(browser)
    address = f"/api/v1/rooms/{slug}/sessions/{scene.session.id}/rsvp"
    assert browser.put(address, headers={"X-CSRFToken": token}).status_code == 200
    scene.settle()
    assert scene.learner.heard[-1]["data"] == {
        "session": {"id": scene.session.id, "going_count": 1, "waiting_count": 0}
    }


def _csrf(browser: FlaskClient) -> str:
    from flask import current_app
    from flask_wtf.csrf import generate_csrf

    with current_app.test_request_context():
        from flask import g, session

        token = generate_csrf()
        raw = session["csrf_token"]
        g.pop("csrf_token", None)
    with browser.session_transaction() as cookie:
        cookie["csrf_token"] = raw
    return str(token)


MENTOR_MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("session.start", {}),
    ("session.extend", {"minutes": 5}),
    ("session.end", {}),
    ("question.next", {}),
    ("question.answering", {"question_id": 1}),
    ("question.answer", {"question_id": 1, "text": "Yes"}),
    ("question.merge", {"question_id": 1, "into_id": 2}),
    ("question.skip", {"question_id": 1, "reason": "No"}),
    ("question.hide", {"question_id": 1, "reason": "No"}),
    ("question.reopen", {"question_id": 1}),
    ("chat.hide", {"message_id": 1}),
    ("chat.pin", {"message_id": 1}),
    ("question.approve", {"question_id": 1}),
    ("question.decline", {"question_id": 1, "reason": "No"}),
    ("question.later", {"question_id": 1}),
    ("question.move", {"question_id": 1, "to": "top"}),
    ("question.label", {"question_id": 1, "labels": []}),
    ("options.change", {"approve_first": True}),
]


@pytest.mark.parametrize(("event", "payload"), MENTOR_MESSAGES)
def test_a_learner_cannot_send_what_mentors_send(scene: Scene, event: str, payload: dict[str, Any]) -> None:
    for _ in range(2):
        scene.stage.ask(scene.session)
    scene.stage.say(scene.session)
    before = copy.deepcopy(scene.snapshot(scene.stage.learner))
    refused(scene.learner.send(event, session_id=scene.session.id, **payload))
    assert scene.snapshot(scene.stage.learner) == before


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        *MENTOR_MESSAGES,
        ("question.ask", {"body": "Hello?"}),
        ("question.vote", {"question_id": 1}),
        ("question.unvote", {"question_id": 1}),
        ("chat.post", {"body": "Hello"}),
        ("chat.react", {"message_id": 1, "kind": "agree"}),
    ],
)
def test_a_stranger_can_send_nothing(scene: Scene, event: str, payload: dict[str, Any]) -> None:
    scene.stage.ask(scene.session)
    scene.stage.say(scene.session)
    stranger = Listener(scene.connect(scene.stage.make.user()))
    refused(stranger.send(event, session_id=scene.session.id, **payload))


def test_who_was_removed_since_connecting_is_refused(scene: Scene) -> None:
    with transaction() as tx:
        row = tx.session.query(Membership).filter_by(room_id=scene.stage.room.id, user_id=scene.stage.learner.id).one()
        row.state = "removed"
    refused(scene.learner.send("chat.post", session_id=scene.session.id, body="Hello"))
    refused(scene.learner.send("question.ask", session_id=scene.session.id, body="Hello?"))
    assert scene.learner.send("session.heartbeat", session_id=scene.session.id)["counted"] is False


def test_a_session_of_a_closed_room_looks_like_none(scene: Scene) -> None:
    stage = scene.stage
    hidden = stage.make.room(mentor=stage.mentor, visibility=Visibility.INVITATION)
    from social_cme.live.services import schedule

    session = schedule.schedule_session(stage.ctx(stage.mentor, hidden), plan=stage.plan())
    for number in (session.id, 10**9):
        refused(scene.learner.send("subscribe", channel=f"live:{number}", since=0), "not_found")
        refused(scene.learner.send("question.ask", session_id=number, body="Hello?"), "not_found")


def test_a_page_that_comes_back_ends_with_the_state_of_a_fresh_one(scene: Scene) -> None:
    stage, session = scene.stage, scene.session
    away = Listener(scene.connect(stage.peer))
    left_with = scene.snapshot(stage.peer)
    mentor = stage.ctx(stage.mentor)
    first, second, third, fourth = (stage.ask(session, body=f"Question {number}") for number in range(4))
    for user in (stage.peer, stage.coordinator):
        stage.vote(session, second, user)
    queue.mark_answering(mentor, session.id, second.id)
    queue.answer(mentor, session.id, second.id, text="Yes.")
    queue.merge(mentor, session.id, third.id, into_id=first.id)
    queue.skip(mentor, session.id, fourth.id, reason="No time")
    stage.say(session)
    leading.extend_session(mentor, session.id, minutes=5)
    leading.end_session(mentor, session.id)
    away.follow(session.id, left_with)
    fresh = scene.snapshot(stage.peer)
    assert shared(away.state) == shared(fresh)
    # Everything told twice over, on top of the newest state, changes nothing.
    again = Listener(scene.connect(stage.peer))
    again.follow(session.id, copy.deepcopy(fresh))
    answer = again.send("subscribe", channel=f"live:{session.id}", since=0)
    for message in answer["messages"]:
        again.apply({**message, "seq": again.state["seq"] + 1})
    assert {**again.state, "seq": 0} == {**fresh, "seq": 0}


def test_a_thousand_people_who_leave_are_no_news_to_the_session(scene: Scene) -> None:
    scene.learner.send("session.heartbeat", session_id=scene.session.id)
    leading.end_session(scene.stage.ctx(scene.stage.mentor), scene.session.id)
    scene.settle()
    assert [one["kind"] for one in scene.mentor.heard] == ["session.ended", "session.archived"]


def test_everything_about_the_queue_and_the_chat_is_heard_as_it_is(scene: Scene) -> None:
    stage, session = scene.stage, {"session_id": scene.session.id}
    left_with = scene.snapshot(stage.peer)
    ok(scene.mentor.send("options.change", **session, approve_first=True, labels=["dose"]))
    waits = ok(scene.learner.send("question.ask", **session, body="Which dose?", pseudonym="member"))["question"]
    assert waits["state"] == "pending"
    scene.settle()
    assert scene.learner.heard[-1]["kind"] == "hidden"
    two = ok(scene.mentor.send("question.ask", **session, body="How much?"))["question"]
    about = {**session, "question_id": waits["id"]}
    ok(scene.mentor.send("question.decline", **about, reason="Asked before"))
    ok(scene.mentor.send("question.approve", **about))
    scene.settle()
    ok(scene.mentor.send("question.move", **about, to="top"))
    ok(scene.mentor.send("question.label", **about, labels=["dose"]))
    scene.settle()
    assert scene.learner.state["order"] == [waits["id"]]
    ok(scene.mentor.send("question.later", **session, question_id=two["id"], days=2))
    line = ok(scene.learner.send("chat.post", **session, body="Hello @Peer"))["chat"]
    ok(scene.mentor.send("chat.post", **session, body="Hello", reply_to_id=line["id"]))
    ok(scene.mentor.send("chat.react", **session, message_id=line["id"], kind="agree"))
    ok(scene.mentor.send("chat.pin", **session, message_id=line["id"]))
    scene.settle()
    assert scene.learner.state["pinned"]["body"] == "Hello @Peer"
    assert "Learner" not in str([one for one in scene.mentor.heard if one["kind"].startswith("question.")])
    ok(scene.mentor.send("chat.hide", **session, message_id=line["id"]))
    ok(scene.mentor.send("options.change", **session, slow_seconds=60))
    scene.settle()
    slow = scene.learner.send("chat.post", **session, body="Again")
    assert slow["error"]["code"] == "rate_limited"
    assert 0 < slow["error"]["retry_after"] <= 60
    away = Listener(scene.connect(stage.peer))
    away.follow(scene.session.id, left_with)
    assert shared(away.state) == shared(scene.snapshot(stage.peer))
