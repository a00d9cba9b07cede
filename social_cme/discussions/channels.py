"""How facts about threads are shown on the channel of their room: ids, counts and states, and no word that somebody wrote.

Rule: a fact about a thread that is hidden now, or that has left the room, says nothing; who voted is never told. Where readers
answer first or open a case step by step, a fact says that something was written and no more, for all who listen get the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from social_cme.discussions.models import Post, Thread
from social_cme.extensions import db
from social_cme.persistence.facts import FactRecord
from social_cme.rooms.channels import register_projector

_ABOUT_THREAD = (
    Thread.id,
    Thread.room_id,
    Thread.kind,
    Thread.status,
    Thread.score,
    Thread.answer_count,
    Thread.comment_count,
    Thread.accepted_count,
    Thread.endorsed_count,
    Thread.is_pinned,
    Thread.locked_at,
    Thread.hidden_at,
    Thread.post_first,
    Thread.step_count,
)
_ABOUT_POST = (
    Post.id,
    Post.kind,
    Post.parent_id,
    Post.score,
    Post.is_accepted,
    Post.is_endorsed,
    Post.is_disputed,
    Post.hidden_at,
)


def project(facts: Sequence[FactRecord]) -> list[dict[str, Any] | None]:
    """Return the public data of facts about threads and posts as they are now, with two statements for all of them."""
    threads = _rows(_ABOUT_THREAD, {fact.data.get("thread_id") for fact in facts})
    posts = _rows(_ABOUT_POST, {fact.data.get("post_id") for fact in facts})
    return [_show(fact, threads, posts) for fact in facts]


def _rows(columns: tuple[Any, ...], ids: set[Any]) -> dict[int, Any]:
    wanted = [one for one in ids if one is not None]
    if not wanted:
        return {}
    return {row.id: row for row in db.session.execute(select(*columns).where(columns[0].in_(wanted)))}


def _show(fact: FactRecord, threads: dict[int, Any], posts: dict[int, Any]) -> dict[str, Any] | None:
    thread = threads.get(int(fact.data.get("thread_id") or 0))
    if thread is None or thread.hidden_at is not None or fact.channel != f"room:{thread.room_id}":
        return _leaving(fact)
    if fact.data.get("step_id") is not None or fact.data.get("outcome_id") is not None:
        # Which step, and what was answered to it, is for those who have it open.
        return {"thread_id": thread.id, "steps": thread.step_count}
    if (thread.post_first or thread.step_count > 1) and fact.data.get("post_id") is not None:
        return _held_back(fact, thread)
    shown: dict[str, Any] = {
        "thread_id": thread.id,
        "thread": {
            "kind": thread.kind,
            "status": thread.status,
            "score": thread.score,
            "answer_count": thread.answer_count,
            "comment_count": thread.comment_count,
            "accepted_count": thread.accepted_count,
            "endorsed_count": thread.endorsed_count,
            "is_pinned": thread.is_pinned,
            "is_locked": thread.locked_at is not None,
        },
    }
    for name in ("from_thread_id", "new_thread_id"):
        if fact.data.get(name) is not None:
            shown[name] = fact.data[name]
    for name in ("change", "summary"):
        if fact.data.get(name):
            shown[name] = fact.data[name]
    post_id = fact.data.get("post_id")
    if post_id is not None:
        post = posts.get(int(post_id))
        if post is None:
            return None
        shown["post_id"] = post.id
        shown["post"] = {
            "kind": post.kind,
            "parent_id": post.parent_id,
            "score": post.score,
            "is_accepted": post.is_accepted,
            "is_endorsed": post.is_endorsed,
            "is_disputed": post.is_disputed,
            "is_hidden": post.hidden_at is not None,
        }
    return shown


def _held_back(fact: FactRecord, thread: Any) -> dict[str, Any] | None:
    """Say that there is something new to ask the server for; whose it is, and how it was received, the asking decides."""
    if fact.kind.startswith("vote."):
        return None
    return {"thread_id": thread.id, "held_back": True, "thread": {"answer_count": thread.answer_count}}


def _leaving(fact: FactRecord) -> dict[str, Any] | None:
    """Tell that a thread went out of sight, so that lists can drop it; nothing else about it."""
    if fact.data.get("change") in {"hidden", "moved_away"} and "post_id" not in fact.data:
        return {"thread_id": fact.data["thread_id"], "change": fact.data["change"]}
    return None


register_projector(("thread", "answer", "comment", "post", "vote", "step", "outcome", "endorsement"), project)

# The facts travel on the rooms' channel; discussions have none of their own.
CHANNELS = ()
