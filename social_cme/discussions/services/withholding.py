"""Hides at once what a report says could identify a patient, until a moderator has looked at it.

Rule: for the moderation feature alone, which has checked who reports; nobody's permission is checked here.
"""

from __future__ import annotations

from social_cme.core import clock
from social_cme.discussions.enums import StateChange
from social_cme.discussions.events import PostStateChanged, ThreadStateChanged
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services.answers import count_post
from social_cme.discussions.services.counting import count_in_room
from social_cme.persistence.transaction import transaction

WITHHELD_REASON = "Reported as something that could identify a patient. Hidden until a mentor has looked at it."


def withhold_thread(thread: Thread) -> bool:
    """Hide a thread in nobody's name; return whether it was in sight until now. The caller holds its lock."""
    with transaction() as tx:
        if thread.hidden_at is not None:
            return False
        thread.hidden_at, thread.hidden_reason = clock.now(), WITHHELD_REASON
        tx.session.flush()
        count_in_room(tx, thread.room_id, threads=-1)
        tx.record(
            ThreadStateChanged(
                actor_id=None, room_id=thread.room_id, thread_id=thread.id, change=StateChange.HIDDEN.value
            )
        )
        return True


def withhold_post(thread: Thread, post: Post) -> bool:
    """Hide a post in nobody's name; return whether it was in sight until now. The caller holds the locks of both."""
    with transaction() as tx:
        if post.hidden_at is not None:
            return False
        post.hidden_at, post.hidden_reason = clock.now(), WITHHELD_REASON
        tx.session.flush()
        count_post(tx, thread, post, by=-1)
        tx.record(
            PostStateChanged(
                actor_id=None,
                room_id=post.room_id,
                thread_id=thread.id,
                post_id=post.id,
                change=StateChange.HIDDEN.value,
            )
        )
        return True


def give_reason(hidden: Thread | Post, reason: str) -> None:
    """Put a moderator's reason in the place of the provisional one on what stays hidden."""
    with transaction() as tx:
        hidden.hidden_reason = reason
        tx.session.flush()
