"""A room with its people and the shortest way to what is said in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.comments import post_comment
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.persistence.facts import Fact
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from tests.factories import Factory

CASE = {"presenting_problem": "Breathless for two weeks.", "question": "Push the diuretic or hold it?"}


@dataclass
class Club:
    """The author of a thread, two peers, a mentor; a stranger to the room, and another room with the same mentor."""

    make: Factory
    room: Room
    other: Room
    author: User
    peer: User
    second: User
    mentor: User
    stranger: User

    @classmethod
    def gather(cls, make: Factory, *, author_in_both: bool = False) -> Club:
        """Make the rooms and everybody in them."""
        with transaction():
            author, peer, second, mentor = (
                make.user(name) for name in ("Ada Author", "Ben Peer", "Cleo Second", "Mira Mentor")
            )
            room = make.room(mentor=mentor, members=(author, peer, second))
            other = make.room(mentor=mentor, members=(author,) if author_in_both else ())
            return cls(make, room, other, author, peer, second, mentor, make.user("Sam Stranger"))

    def ctx(self, user: User | None, room: Room | None = None) -> RoomContext:
        """Open the room as somebody."""
        return open_room(user, (room or self.room).slug)

    def question(self, user: User | None = None, **values: Any) -> Thread:
        """Ask."""
        return post_thread(
            self.ctx(user or self.author),
            **{"kind": "question", "title": "Which dose?", "body": "For a child.", **values},
        )

    def answer(self, thread: Thread, user: User | None = None, body: str = "Ten milligrams.", **values: Any) -> Post:
        """Answer."""
        return post_answer(self.ctx(user or self.peer), thread_id=thread.id, body=body, **values)

    def comment(self, thread: Thread, parent: Post | None = None, user: User | None = None, **values: Any) -> Post:
        """Comment."""
        said = {"body": "Why?", "parent_id": parent.id if parent is not None else None, **values}
        return post_comment(self.ctx(user or self.second), thread_id=thread.id, **said)


def facts(kind: str) -> list[dict[str, Any]]:
    """Return the data of all facts of a kind, with who acted, in order."""
    rows = db.session.scalars(select(Fact).where(Fact.kind == kind).order_by(Fact.id))
    return [{**row.data, "actor_id": row.actor_id} for row in rows]


def count(model: Any) -> int:
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def reload(row: Any) -> Any:
    """Read a row again."""
    db.session.rollback()
    db.session.refresh(row)
    return row
