"""Renders what somebody writes in a room, and tells the members who are named in it.

Rule: a name is a number in the text and is looked up when it is written; who is no member then is not named, and nobody is told
twice of the same post.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.discussions.enums import VoteTarget
from social_cme.discussions.events import MemberMentioned
from social_cme.discussions.models import Mention, Post, Thread
from social_cme.discussions.queries.mentions import names_of_members
from social_cme.persistence.transaction import Transaction
from social_cme.web.markdown import mention_ids, render_with_people

MOST_NAMED = 20


class Scribe:
    """Renders the parts of one text and remembers whom they name; one statement for each part that names anybody."""

    def __init__(self, room_id: int) -> None:
        self._room_id = room_id
        self._mentioned: dict[int, None] = {}

    def render(self, text: str) -> str:
        """Return *text* as sanitised HTML; members of the room who are named become links."""
        rendered = render_with_people(text, names_of_members(self._room_id, mention_ids(text)))
        self._mentioned.update(dict.fromkeys(rendered.mentioned))
        return rendered.html

    def settle(self, tx: Transaction, thread: Thread, post: Post | None = None) -> None:
        """Note who was named for the first time, and let each of them hear of it. Joins the caller's transaction."""
        author_id = (post or thread).author_id
        named = [one for one in self._mentioned if one != author_id][:MOST_NAMED]
        if not named:
            return
        target = VoteTarget.THREAD if post is None else VoteTarget.POST
        place = {"target": target.value, "target_id": (post or thread).id}
        known = set(tx.session.scalars(select(Mention.user_id).filter_by(**place).where(Mention.user_id.in_(named))))
        for user_id in named:
            if user_id in known:
                continue
            tx.add(Mention(user_id=user_id, **place))
            tx.record(
                MemberMentioned(
                    actor_id=author_id,
                    user_id=user_id,
                    room_id=thread.room_id,
                    thread_id=thread.id,
                    post_id=post.id if post is not None else None,
                )
            )
