"""Rows for searches: threads and posts written straight into their tables, then read into the index."""

from __future__ import annotations

from typing import Any

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.enums import PostKind, ThreadKind
from social_cme.discussions.models import Post, Thread
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from social_cme.search import queries
from social_cme.search.queries import Filters, SearchPage
from social_cme.search.rules import parse_query
from social_cme.search.services.indexing import index_posts, index_rooms, index_thread_texts


def add_thread(room: Room, author: User, title: str, body: str = "", **values: Any) -> Thread:
    """Write a thread and let the search read it."""
    fields = {"kind": ThreadKind.QUESTION, "body_md": body, "body_html": f"<p>{body}</p>", **values}
    with transaction() as tx:
        row = Thread(room_id=room.id, author_id=author.id, title=title, last_activity_at=clock.now(), **fields)
        tx.add(row)
    index_thread_texts([row.id])
    return row


def add_post(thread: Thread, author: User, body: str, **values: Any) -> Post:
    """Write an answer, or a comment when *kind* says so, and let the search read it."""
    fields = {"kind": PostKind.ANSWER, "body_md": body, "body_html": f"<p>{body}</p>", **values}
    with transaction() as tx:
        row = Post(room_id=thread.room_id, thread_id=thread.id, author_id=author.id, **fields)
        tx.add(row)
    index_posts([row.id])
    return row


def add_room_to_index(room: Room) -> Room:
    """Let the search read a room."""
    index_rooms([room.id])
    return room


def search(actor: User | None, typed: str, *, cursor: str | None = None, **filters: Any) -> SearchPage:
    """Search as somebody."""
    return queries.find(actor, parse_query(typed), Filters(**filters), cursor=cursor)


def titles(page: SearchPage) -> list[str]:
    """Return the titles of the threads, rooms and people found, in order; for a post its kind and thread."""
    return [
        f"{one.kind}: {one.thread.title}" if one.post is not None and one.thread is not None else _joined(one.title)
        for one in page.items
    ]


def _joined(pieces: Any) -> str:
    return "".join(piece.text for piece in pieces)
