"""Threads that come out of a live session: one for each question, with the answer that a mentor wrote.

Rule: a question becomes a thread once; asking again returns the thread that is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from social_cme.core import clock
from social_cme.core.text import excerpt
from social_cme.discussions import events
from social_cme.discussions.enums import TITLE_LIMIT, PostKind, ThreadKind, ThreadStatus
from social_cme.discussions.models import Follow, Post, Thread
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.models import Room
from social_cme.web.markdown import render_markdown

EXCERPT_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAnswer:
    """What a mentor wrote in answer to a question during the session."""

    author_id: int
    body: str
    answered_at: datetime


def open_from_live(
    *,
    room_id: int,
    live_question_id: int,
    author_id: int,
    question: str,
    asked_at: datetime,
    answer: LiveAnswer | None = None,
    follower_ids: Iterable[int] = (),
) -> Thread:
    """Open the thread of a live question in its asker's name; without a written answer it waits for one.

    Only for the system: nobody's permission is checked. The asker, the others who asked the same, and the mentor follow it.
    """
    source_ref = f"live:{live_question_id}"
    with transaction() as tx:
        known = tx.session.scalar(select(Thread).where(Thread.room_id == room_id, Thread.source_ref == source_ref))
        if known is not None:
            return known
        moment = clock.now()
        thread = Thread(
            room_id=room_id,
            author_id=author_id,
            kind=ThreadKind.QUESTION,
            title=excerpt(question, limit=TITLE_LIMIT - 1),
            body_md=question,
            body_html=render_markdown(question),
            excerpt=excerpt(question, limit=EXCERPT_LIMIT),
            status=ThreadStatus.OPEN,
            created_at=asked_at,
            last_activity_at=moment,
            source_ref=source_ref,
            live_question_id=live_question_id,
        )
        tx.add(thread)
        tx.session.execute(
            update(Room)
            .where(Room.id == room_id)
            .values(thread_count=Room.thread_count + 1, last_activity_at=moment)
            .execution_options(synchronize_session=False)
        )
        tx.record(
            events.ThreadPosted(actor_id=author_id, room_id=room_id, thread_id=thread.id, thread_kind=thread.kind)
        )
        if answer is not None:
            _add_answer(tx, thread, answer)
        followers = [author_id, *follower_ids, *([answer.author_id] if answer is not None else [])]
        for user_id in dict.fromkeys(followers):
            tx.add(Follow(user_id=user_id, thread_id=thread.id))
    return thread


def _add_answer(tx: Transaction, thread: Thread, answer: LiveAnswer) -> None:
    post = Post(
        thread_id=thread.id,
        room_id=thread.room_id,
        author_id=answer.author_id,
        kind=PostKind.ANSWER,
        body_md=answer.body,
        body_html=render_markdown(answer.body),
        created_at=answer.answered_at,
    )
    tx.add(post)
    thread.answer_count = 1
    thread.last_post_id = post.id
    tx.record(
        events.AnswerPosted(actor_id=answer.author_id, room_id=thread.room_id, thread_id=thread.id, post_id=post.id)
    )
