"""Threads of any length, written as rows: what a test or a benchmark of volume stands on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services.threads import post_thread
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from social_cme.web.markdown import render_markdown

WORDS = (
    "I would repeat the **potassium** before changing anything, and then:\n\n- stop the diuretic\n- ask for an ECG\n"
    * 4
)


def long_thread(room: Room, authors: list[User], answers: int) -> str:
    """Make a thread with so many answers and a tenth as many comments, written as rows; return its address."""
    door = open_room(authors[0], room.slug)
    thread_id = post_thread(door, kind="question", title=f"A thread of {answers}", body=WORDS).id
    html, moment = render_markdown(WORDS), clock.now()

    def row(number: int, kind: str, parent_id: int | None) -> dict[str, Any]:
        values = {"thread_id": thread_id, "room_id": room.id, "author_id": authors[number % len(authors)].id}
        times = {"created_at": moment, "updated_at": moment}
        return {**values, **times, "kind": kind, "parent_id": parent_id, "body_md": WORDS, "body_html": html}

    with transaction() as tx:
        rows = [row(number, "answer", None) for number in range(answers)]
        ids = list(tx.session.scalars(insert(Post).returning(Post.id), rows))
        below = [row(number, "comment", ids[number]) for number in range(0, answers, 10)]
        tx.session.execute(insert(Post), below)
        counts = {"answer_count": answers, "comment_count": len(below), "last_post_id": ids[-1]}
        tx.session.execute(update(Thread).where(Thread.id == thread_id).values(**counts))
        tx.session.execute(update(Post).where(Post.id.in_(ids[::10])).values(comment_count=1))
    return f"/rooms/{room.slug}/threads/{thread_id}"
