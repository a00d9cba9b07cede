"""Puts the pseudonym of its writer on a new post.

Rule: whoever stands under a pseudonym in a thread stays under it there, whatever they write; nobody can slip by forgetting it.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.core.errors import Invalid
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.queries.pseudonyms import list_pseudonyms
from social_cme.discussions.rules.pseudonyms import Line
from social_cme.persistence.transaction import Transaction
from social_cme.rooms.policies import RoomContext


def choose_line(ctx: RoomContext, level: str) -> Line:
    """Return the pseudonym of a level that fits somebody here; raise ``Invalid`` for one that does not."""
    line = next((offer.line for offer in list_pseudonyms(ctx) if offer.line.level == level), None)
    if line is None:
        raise Invalid(fields={"pseudonym": ["Choose one of the pseudonyms that fit your profile."]})
    return line


def put_on_mask(tx: Transaction, thread: Thread, post: Post) -> None:
    """Give a new post the line under which its writer stands in the thread, if there is one."""
    line, is_verified = find_mask(tx, thread, post.author_id, besides=post.id)
    if line:
        post.pseudonym, post.pseudonym_verified = line, is_verified


def find_mask(tx: Transaction, thread: Thread, user_id: int, *, besides: int | None = None) -> tuple[str, bool | None]:
    """Return the line under which somebody stands in a thread, and whether their profession was verified; empty for the name.

    The author of the thread has the thread's; others have one when a moderator brought here what they wrote elsewhere.
    """
    if thread.pseudonym and user_id == thread.author_id:
        return thread.pseudonym, thread.pseudonym_verified
    earlier = tx.session.execute(
        select(Post.pseudonym, Post.pseudonym_verified)
        .where(Post.thread_id == thread.id, Post.author_id == user_id, Post.pseudonym != "", Post.id != (besides or 0))
        .order_by(Post.id.desc())
        .limit(1)
    ).one_or_none()
    return (earlier[0], earlier[1]) if earlier is not None else ("", None)
