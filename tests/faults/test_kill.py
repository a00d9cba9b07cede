"""The server is killed in the middle of the work: what was acknowledged is there exactly once, and the numbers have no gap."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text

from social_cme.accounts.models import AccessToken
from social_cme.core.ids import new_token, token_hash
from social_cme.discussions.models import Post, Thread
from social_cme.extensions import db
from social_cme.live.models import LiveQuestion, QuestionVote
from social_cme.live.services import questions
from social_cme.persistence.facts import Channel, Fact
from social_cme.persistence.transaction import transaction
from social_cme.rooms.queries import open_room
from tests.faults.conftest import Member, Scene

pytestmark = pytest.mark.faults

POSTS_EACH = 10
VOTES_EACH = 5


def _token(scene: Scene, user_id: int) -> str:
    token = new_token()
    with transaction() as tx:
        tx.add(AccessToken(user_id=user_id, name="fault test", token_hash=token_hash(token), scopes=["read", "write"]))
    return token


def _post_until_acknowledged(scene: Scene, token: str, body: str) -> int:
    """Post an answer over the API, repeating it under one client id until the server has answered; return its id."""
    client_id = uuid.uuid4().hex
    address = f"/api/v1/rooms/{scene.room_slug}/threads/{scene.thread_id}/answers"
    for _ in range(150):
        connection = http.client.HTTPConnection("127.0.0.1", scene.server.port, timeout=15)
        try:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            connection.request("POST", address, json.dumps({"body": body, "client_id": client_id}), headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
            continue
        finally:
            connection.close()
        if answer.status == 503:
            time.sleep(0.2)
            continue
        assert answer.status in {200, 201}, content
        return int(json.loads(content)["id"])
    raise AssertionError("the server never answered")


def test_kill_in_the_middle_of_posts_and_votes_loses_and_doubles_nothing(
    scene: Scene, in_parallel: Callable[[list[Callable[[], None]]], None]
) -> None:
    door = open_room(scene.mentor, scene.room_slug)
    asked = [
        questions.ask(door, scene.session_id, body=f"Question number {number}?").id for number in range(VOTES_EACH)
    ]
    tokens = [_token(scene, person.id) for person in scene.people]
    members = [Member(scene, scene.cookie(person)) for person in scene.people]
    posted: list[int] = []
    voted: list[tuple[int, int]] = []
    started = threading.Event()

    def poster(number: int) -> Callable[[], None]:
        def run() -> None:
            for count in range(POSTS_EACH):
                posted.append(_post_until_acknowledged(scene, tokens[number], f"Answer {count} of person {number}."))
                started.set()

        return run

    def voter(number: int) -> Callable[[], None]:
        def run() -> None:
            for question_id in asked:
                members[number].send("question.vote", {"session_id": scene.session_id, "question_id": question_id})
                voted.append((scene.people_ids[number], question_id))

        return run

    def killer() -> None:
        assert started.wait(30)
        for _ in range(2):
            time.sleep(0.6)
            scene.server.restart()

    people = range(len(scene.people))
    in_parallel([*(poster(one) for one in people), *(voter(one) for one in people), killer])

    db.session.rollback()
    assert len(posted) == len(scene.people) * POSTS_EACH == 200
    assert len(voted) == len(scene.people) * VOTES_EACH == 100
    stored = Counter(db.session.scalars(select(Post.body_md).where(Post.thread_id == scene.thread_id)))
    assert len(stored) == 200
    assert set(stored.values()) == {1}
    assert set(posted) == set(db.session.scalars(select(Post.id).where(Post.thread_id == scene.thread_id)))
    assert db.session.get_one(Thread, scene.thread_id, populate_existing=True).answer_count == 200
    votes = db.session.execute(select(QuestionVote.user_id, QuestionVote.question_id)).all()
    assert sorted(tuple(row) for row in votes) == sorted(voted)
    scores = db.session.scalars(select(LiveQuestion.score).where(LiveQuestion.id.in_(asked))).all()
    assert list(scores) == [len(scene.people)] * VOTES_EACH
    _assert_numbers_have_no_gap()
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    for member in members:
        member.leave()


def _assert_numbers_have_no_gap() -> None:
    for channel in db.session.scalars(select(Channel)):
        numbers = list(db.session.scalars(select(Fact.seq).where(Fact.channel_id == channel.id).order_by(Fact.seq)))
        assert numbers == list(range(1, channel.last_seq + 1)), channel.key
    assert db.session.scalar(select(func.count(Channel.id)))


def test_what_a_crash_left_undelivered_reaches_the_ledger_exactly_once(scene: Scene) -> None:
    token = _token(scene, scene.people[0].id)
    for count in range(10):
        _post_until_acknowledged(scene, token, f"Answer {count} just before the crash.")
    scene.server.restart()
    deadline = time.monotonic() + 30
    counted = 0
    while time.monotonic() < deadline:
        db.session.rollback()
        counted = db.session.scalar(
            text("SELECT count(*) FROM participation_entry WHERE activity LIKE '%answer%' AND user_id = :user"),
            {"user": scene.people[0].id},
        )
        if counted >= 10:
            break
        time.sleep(0.3)
    time.sleep(1)
    db.session.rollback()
    assert counted == 10
