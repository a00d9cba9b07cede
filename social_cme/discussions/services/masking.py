"""Puts the pseudonym of its writer on a new post.

Rule: whoever stands under a pseudonym in a thread stays under it there, whatever they write; nobody can slip by forgetting it.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.discussions.models import Post, Thread
from social_cme.persistence.transaction import Transaction


def put_on_mask(tx: Transaction, thread: Thread, post: Post) -> None:
    """Give a new post the line under which its writer stands in the thread, if there is one.

    The author of the thread has the thread's; others have one when a moderator brought here what they wrote elsewhere.
    """
    if thread.pseudonym and post.author_id == thread.author_id:
        post.pseudonym, post.pseudonym_verified = thread.pseudonym, thread.pseudonym_verified
        return
    earlier = tx.session.execute(
        select(Post.pseudonym, Post.pseudonym_verified)
        .where(Post.thread_id == thread.id, Post.author_id == post.author_id, Post.pseudonym != "", Post.id != post.id)
        .order_by(Post.id.desc())
        .limit(1)
    ).one_or_none()
    if earlier is not None:
        post.pseudonym, post.pseudonym_verified = earlier
