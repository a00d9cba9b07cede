"""A room with its people, a thread and an answer in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from social_cme.accounts.models import User
from social_cme.discussions.enums import ThreadKind
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.moderation.models import Flag, LogEntry
from social_cme.persistence.facts import Fact
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from tests.factories import Factory


@dataclass(slots=True)
class Scene:
    """A room, its mentor and two members; *author* answered the thread of *asker*."""

    make: Factory
    room: Room
    mentor: User
    asker: User
    author: User
    thread: Thread
    answer: Post

    def ctx(self, actor: User | None, room: Room | None = None) -> RoomContext:
        """Open a room as somebody."""
        return open_room(actor, (room or self.room).slug)

    def log(self, room: Room | None = None) -> list[str]:
        """Return the measures in a room's log, oldest first."""
        room_id = (room or self.room).id
        return list(db.session.scalars(select(LogEntry.action).filter_by(room_id=room_id).order_by(LogEntry.id)))

    def facts(self, prefix: str = "flag.") -> list[tuple[str, dict[str, Any]]]:
        """Return the facts of a family, oldest first."""
        rows = db.session.scalars(select(Fact).where(Fact.kind.like(f"{prefix}%")).order_by(Fact.id))
        return [(row.kind, row.data) for row in rows]

    def flags(self) -> list[Flag]:
        """Return every report."""
        return list(db.session.scalars(select(Flag).order_by(Flag.id)))


class Visitor:
    """A browser that sends forms with the token of a page it has seen."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, address: str) -> TestResponse:
        """Open a page."""
        return self.client.get(address)

    def post(self, address: str, data: dict[str, str] | None = None) -> TestResponse:
        """Send a form."""
        if not self.token:
            found = re.search(r'<meta name="csrf-token" content="([^"]+)"', self.get("/about").text)
            assert found is not None
            self.token = found.group(1)
        return self.client.post(address, data={"csrf_token": self.token, **(data or {})})


@pytest.fixture
def visit(login: Callable[[User], FlaskClient]) -> Callable[[User], Visitor]:
    """Return the browser of a person."""
    return lambda user: Visitor(login(user))


@pytest.fixture
def scene(make: Factory) -> Scene:
    """A room in which something was written."""
    with transaction():
        mentor, asker, author = make.user("Mentor"), make.user("Asker"), make.user("Author")
        room = make.room(mentor=mentor, members=(asker, author))
    thread = post_thread(
        open_room(asker, room.slug), kind=ThreadKind.QUESTION, title="Which dose?", body="For a child."
    )
    answer = post_answer(open_room(author, room.slug), thread_id=thread.id, body="As the mayor of Ward 5 got.")
    return Scene(make, room, mentor, asker, author, thread, answer)
