"""Questions of a live session become threads of its room, with the answer that was written.

Rule: the facts name nobody as acting, because what was said in the session is counted there. A question becomes one thread
however often this is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from social_cme.core.text import excerpt
from social_cme.discussions.enums import TITLE_LIMIT, PostKind, ThreadKind
from social_cme.discussions.events import AnswerPosted, ThreadPosted
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services.answers import settle_post
from social_cme.discussions.services.counting import count_in_room
from social_cme.discussions.services.follows import begin_following
from social_cme.discussions.services.threads import fill_body
from social_cme.persistence.transaction import transaction
from social_cme.web.markdown import render_markdown


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """What was answered in the session."""

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
    answer: LiveAnswer | None,
    due_at: datetime | None = None,
    follower_ids: Sequence[int] = (),
    mask: tuple[str, bool | None] = ("", None),
) -> Thread:
    """Open the thread of a live question, followed by whoever asked it; return the one that is there already.

    One that was left open stands in the mentors' queue until *due_at*; then they are told of it.
    *mask* is the pseudonym under which it was asked, and whether it says that the profession is verified; it stays on.

    Called by the live feature for a session of that room, which has checked everything.
    """
    with transaction() as tx:
        earlier = tx.session.scalar(select(Thread).where(Thread.live_question_id == live_question_id))
        if earlier is not None:
            return earlier
        thread = Thread(
            room_id=room_id,
            author_id=author_id,
            pseudonym=mask[0],
            pseudonym_verified=mask[1],
            kind=ThreadKind.QUESTION.value,
            title=excerpt(question, limit=TITLE_LIMIT - 1),
            live_question_id=live_question_id,
            created_at=asked_at,
            last_activity_at=asked_at,
            answer_due_at=due_at,
        )
        fill_body(thread, question)
        tx.add(thread)
        count_in_room(tx, room_id, threads=1)
        tx.record(ThreadPosted(actor_id=None, room_id=room_id, thread_id=thread.id, thread_kind=thread.kind))
        for user_id in dict.fromkeys((author_id, *follower_ids)):
            begin_following(tx, user_id=user_id, thread_id=thread.id)
        if answer is not None:
            post = Post(
                room_id=room_id,
                thread_id=thread.id,
                author_id=answer.author_id,
                kind=PostKind.ANSWER.value,
                body_md=answer.body,
                body_html=render_markdown(answer.body),
                created_at=answer.answered_at,
            )
            tx.add(post)
            settle_post(tx, thread, post)
            tx.record(AnswerPosted(actor_id=None, room_id=room_id, thread_id=thread.id, post_id=post.id))
        return thread
