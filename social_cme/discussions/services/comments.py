"""Commenting, one level deep: on the opening of a thread or on an answer."""

from __future__ import annotations

from collections.abc import Collection

from social_cme.core.errors import NotFound
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import COMMENT_LIMIT, PostKind
from social_cme.discussions.events import CommentPosted
from social_cme.discussions.models import Post
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.places import comment_place
from social_cme.discussions.services.answers import settle_post
from social_cme.discussions.services.drafts import drop_draft
from social_cme.discussions.services.mentions import Scribe
from social_cme.discussions.services.texts import long_text
from social_cme.persistence.transaction import transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext


def post_comment(
    ctx: RoomContext,
    *,
    thread_id: int,
    body: str,
    parent_id: int | None = None,
    attested: Collection[str] = (),
    client_id: str | None = None,
    draft_revision: int | None = None,
) -> Post:
    """Comment on a thread's opening, or on the answer *parent_id*, which must belong to the same thread."""
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        parent = None
        if parent_id is not None:
            parent = access_post(ctx, parent_id, lock=True)[1]
            if parent.thread_id != thread.id:
                raise NotFound
        require(policies.can_comment_on(ctx, thread, parent))
        author_id = ctx.user.id
        claim = tx.claim(author_id, client_id, "comment.post")
        if claim.object_id is not None:
            return access_post(ctx, claim.object_id)[1]
        text = long_text(body, "body", COMMENT_LIMIT)
        scribe = Scribe(ctx.room_id)
        checked = check_before_publishing(tx, ctx, kind=ObjectKind.POST, parts={"body": text}, attested=attested)
        post = Post(
            room_id=ctx.room_id,
            thread_id=thread.id,
            author_id=author_id,
            kind=PostKind.COMMENT.value,
            parent_id=parent_id,
            body_md=text,
            body_html=scribe.render(text),
        )
        tx.add(post)
        settle_post(tx, thread, post)
        tx.record(
            CommentPosted(
                actor_id=author_id, room_id=ctx.room_id, thread_id=thread.id, post_id=post.id, parent_id=parent_id
            )
        )
        scribe.settle(tx, thread, post)
        checked.note(post.id)
        place = comment_place(thread.id, parent_id)
        drop_draft(tx, user_id=author_id, place=place, revision=draft_revision)
        claim.settle(post.id)
        return post
