"""A whole thread for paper: every answer and comment in the order of time, its sources numbered through.

Rule: what is hidden is left out for everybody, moderators too, for paper leaves the room; the number of statements is constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from social_cme.core.errors import NotFound
from social_cme.discussions.enums import PostKind
from social_cme.discussions.models import Citation, Post
from social_cme.discussions.queries.pages import PostView, ThreadView, post_views, thread_view
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext

MOST_PRINTED = 2_000


@dataclass(frozen=True, slots=True)
class PrintedPost:
    """An answer or a comment with the numbers of its sources; an answer with its comments."""

    shown: PostView
    sources: Sequence[int]
    comments: Sequence[PrintedPost] = ()


@dataclass(frozen=True, slots=True)
class PrintedThread:
    """A thread for paper; ``sources`` in the order of their numbers, and whether later posts were left out."""

    opening: ThreadView
    comments: Sequence[PrintedPost]
    answers: Sequence[PrintedPost]
    sources: Sequence[Citation]
    is_cut: bool


def printed_thread(ctx: RoomContext, thread_id: int) -> PrintedThread:
    """Return a thread as it is printed; raise ``NotFound`` for one that is hidden."""
    opening = thread_view(ctx, thread_id)
    if opening.thread.hidden_at is not None:
        raise NotFound
    statement = (
        select(Post)
        .options(joinedload(Post.account_behind))
        .where(
            Post.thread_id == opening.thread.id,
            Post.kind.in_([PostKind.ANSWER, PostKind.COMMENT]),
            Post.hidden_at.is_(None),
            opening.sight.condition(),
        )
        .order_by(Post.id)
        .limit(MOST_PRINTED + 1)
    )
    posts = db.session.scalars(statement).all()
    numbers = _Numbers()
    views = post_views(ctx, opening.thread, posts[:MOST_PRINTED])
    below: dict[int | None, list[PrintedPost]] = {}
    for view in views:
        if view.post.kind == PostKind.COMMENT:
            below.setdefault(view.post.parent_id, []).append(PrintedPost(view, ()))
    answers = [
        PrintedPost(view, numbers.of(view.citations), below.get(view.post.id, ()))
        for view in views
        if view.post.kind == PostKind.ANSWER
    ]
    return PrintedThread(opening, below.get(None, ()), answers, numbers.sources, len(posts) > MOST_PRINTED)


class _Numbers:
    """Gives each source its number once, however many answers name it."""

    def __init__(self) -> None:
        self.sources: list[Citation] = []
        self._known: dict[tuple[str, str], int] = {}

    def of(self, citations: Sequence[Citation]) -> list[int]:
        """Return the numbers of an answer's sources."""
        numbers = []
        for one in citations:
            key = (one.kind, one.value)
            if key not in self._known:
                self.sources.append(one)
                self._known[key] = len(self.sources)
            numbers.append(self._known[key])
        return numbers
