"""Fifty people answer and vote in one thread at the same time: every count is exact, and nobody waits for ever."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from social_cme.accounts.models import AccessToken, User
from social_cme.core.ids import new_token, token_hash
from social_cme.discussions.models import Post, Thread, Vote
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.persistence.facts import Channel, Fact
from social_cme.persistence.transaction import transaction
from social_cme.rooms.queries import open_room
from tests import postgres
from tests.conftest import build_app, build_settings, migrate_database, opened
from tests.factories import Factory
from tests.server import Server

pytestmark = pytest.mark.faults

PEOPLE = 50
ANSWERS_EACH = 2
PLANTED = 2


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        one = build_settings(tmp_path / "instance", database_url=f"sqlite:///{tmp_path / 'crowd.sqlite3'}")
        migrate_database(one)
        yield one
        return
    server = request.getfixturevalue("postgres_server")
    one = build_settings(tmp_path / "instance", database_url=postgres.create_database(server, "crowd"))
    migrate_database(one)
    yield one
    postgres.drop_database(server, "crowd")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with opened(build_app(settings)) as application:
        yield application


class Person:
    """Somebody with an open connection to the API; everything they send must be taken."""

    def __init__(self, server: Server, user: User) -> None:
        token = new_token()
        with transaction() as tx:
            tx.add(AccessToken(user_id=user.id, name="crowd", token_hash=token_hash(token), scopes=["read", "write"]))
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.port = server.port
        self.id = user.id

    def send(self, method: str, address: str, **body: Any) -> dict[str, Any]:
        """Send one call; a server that is busy says 503 and is asked again, any other refusal fails the test."""
        for _ in range(20):
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
                connection.request(method, f"/api/v1/rooms/crowd{address}", json.dumps(body), self.headers)
                answer = connection.getresponse()
                content = answer.read()
            if answer.status != 503:
                assert answer.status in {200, 201}, content
                found: dict[str, Any] = json.loads(content)
                return found
        raise AssertionError("the server was busy twenty times in a row")


def final_vote(person: int, answer: int) -> int:
    """Return how *person* votes in the end; everybody votes for it first and some change their mind."""
    return (1, -1, 0)[(person + answer) % 3]


def test_fifty_people_in_one_thread_are_counted_exactly(
    make: Factory, server: Server, in_parallel: Callable[[list[Callable[[], None]]], None]
) -> None:
    mentor = make.user()
    users = [make.user() for _ in range(PEOPLE)]
    room = make.room(mentor=mentor, members=tuple(users), slug="crowd")
    door = open_room(mentor, room.slug)
    thread_id = post_thread(door, kind="question", title="Who starts first?", body="A question for all of us.").id
    planted = [post_answer(door, thread_id=thread_id, body=f"Answer {number}.").id for number in range(PLANTED)]
    server.start()
    crowd = [Person(server, user) for user in users]

    def take_part(number: int) -> Callable[[], None]:
        one = crowd[number]

        def run() -> None:
            one.send("PUT", f"/threads/{thread_id}/vote", value=1)
            for answer, post_id in enumerate(planted):
                one.send("PUT", f"/posts/{post_id}/vote", value=1)
                if answer < ANSWERS_EACH:
                    body = f"Answer {answer} of person {number}."
                    one.send("POST", f"/threads/{thread_id}/answers", body=body, client_id=f"crowd-{number}-{answer}")
                value = final_vote(number, answer)
                if value:
                    one.send("PUT", f"/posts/{post_id}/vote", value=value)
                else:
                    one.send("DELETE", f"/posts/{post_id}/vote")

        return run

    in_parallel([take_part(number) for number in range(PEOPLE)])

    db.session.rollback()
    thread = db.session.get_one(Thread, thread_id, populate_existing=True)
    posts = {post.id: post for post in db.session.scalars(select(Post).where(Post.thread_id == thread_id))}
    assert thread.answer_count == len(posts) == PLANTED + PEOPLE * ANSWERS_EACH
    assert thread.score == PEOPLE
    for answer, post_id in enumerate(planted):
        expected = sum(final_vote(number, answer) for number in range(PEOPLE))
        votes = db.session.scalar(select(func.sum(Vote.value)).where(Vote.target == "post", Vote.target_id == post_id))
        assert posts[post_id].score == votes == expected
    for channel in db.session.scalars(select(Channel)):
        numbers = list(db.session.scalars(select(Fact.seq).where(Fact.channel_id == channel.id).order_by(Fact.seq)))
        assert numbers == list(range(1, channel.last_seq + 1)), channel.key
    assert "Traceback" not in server.output()
