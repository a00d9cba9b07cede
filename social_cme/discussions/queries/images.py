"""Pictures of threads and posts: who sees them, those of a page, and those that a draft still names.

Rule: whoever sees the words of an opening or an answer sees its pictures, and nobody else does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from sqlalchemy import select

from social_cme.core.errors import NotFound
from social_cme.discussions.models import Draft, Post
from social_cme.discussions.policies import can_see_text
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.extensions import db
from social_cme.media.models import Image
from social_cme.media.queries.holders import register_holder, register_keeper
from social_cme.media.queries.images import images_of
from social_cme.rooms.policies import RoomContext


class Holder(StrEnum):
    """What shows pictures: the opening of a thread, or an answer."""

    THREAD = "thread"
    POST = "post"


Pictures = dict[tuple[str, int], list[Image]]


def images_on_page(thread_id: int, post_ids: Sequence[int]) -> Pictures:
    """Return the pictures of an opening and of some answers, with one statement."""
    return images_of([(Holder.THREAD, [thread_id]), (Holder.POST, post_ids)])


def image_ids_of(thread_id: int) -> list[int]:
    """Return the ids of every picture in a thread, erased ones too."""
    posts = select(Post.id).where(Post.thread_id == thread_id)
    opening = (Image.holder == Holder.THREAD) & (Image.holder_id == thread_id)
    answers = (Image.holder == Holder.POST) & Image.holder_id.in_(posts)
    return list(db.session.scalars(select(Image.id).where(opening | answers)))


def _sees_opening(ctx: RoomContext, thread_id: int) -> bool:
    try:
        access_thread(ctx, thread_id)
    except NotFound:
        return False
    return True


def _sees_answer(ctx: RoomContext, post_id: int) -> bool:
    try:
        _thread, post = access_post(ctx, post_id)
    except NotFound:
        return False
    return bool(can_see_text(ctx, post))


def _named_by_drafts(user_ids: Collection[int]) -> set[str]:
    contents = db.session.scalars(select(Draft.content).where(Draft.user_id.in_(user_ids)))
    return {key for content in contents for key in str(content.get("image_keys") or "").split()}


register_holder(Holder.THREAD, _sees_opening)
register_holder(Holder.POST, _sees_answer)
register_keeper("discussions.drafts", _named_by_drafts)
