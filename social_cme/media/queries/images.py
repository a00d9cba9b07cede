"""Pictures: reaching one, those of the posts of a page, those of a room with their consent, what one person keeps."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select

from social_cme.core.errors import NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.media.models import Image
from social_cme.media.policies import is_own
from social_cme.media.queries.holders import shows
from social_cme.rooms.policies import RoomContext

_KEY = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def is_key(text: str) -> bool:
    """Tell whether *text* has the form of a picture's key."""
    return bool(_KEY.match(text))


def access_image(ctx: RoomContext, key: str, *, lock: bool = False) -> Image:
    """Return a picture that the reader sees now; raise ``NotFound`` for any other.

    One that is not posted yet is seen by who brought it, in the room for which it was brought.
    """
    statement = select(Image).where(Image.key == key, Image.stored_at.is_not(None), Image.erased_at.is_(None))
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    image = db.session.scalar(statement) if is_key(key) else None
    if image is None or not _is_seen(ctx, image):
        raise NotFound
    return image


def _is_seen(ctx: RoomContext, image: Image) -> bool:
    if image.holder_id is None:
        return image.room_id == ctx.room_id and is_own(ctx, image)
    return shows(ctx, image.holder, image.holder_id)


def images_of(holders: Sequence[tuple[str, Sequence[int]]]) -> dict[tuple[str, int], list[Image]]:
    """Return the pictures of several rows in their order, by kind and id of the row; whether they are seen is for the caller."""
    wanted = [and_(Image.holder == holder, Image.holder_id.in_(ids)) for holder, ids in holders if ids]
    found: dict[tuple[str, int], list[Image]] = {}
    if wanted:
        rows = select(Image).where(or_(*wanted), Image.erased_at.is_(None)).order_by(Image.position, Image.id)
        for image in db.session.scalars(rows):
            found.setdefault((image.holder, image.holder_id or 0), []).append(image)
    return found


def own_images(ctx: RoomContext, keys: Sequence[str], *, holder: str = "", holder_id: int | None = None) -> list[Image]:
    """Return, in the order of *keys*, which of them the writer may post: own ones of this room that wait, or those there."""
    wanted = [key for key in dict.fromkeys(keys) if is_key(key)][:100]
    if not wanted or ctx.actor_id is None:
        return []
    waiting = and_(Image.holder_id.is_(None), Image.uploader_id == ctx.actor_id, Image.room_id == ctx.room_id)
    there = and_(Image.holder == holder, Image.holder_id == holder_id) if holder_id is not None else waiting
    rows = select(Image).where(
        Image.key.in_(wanted), Image.stored_at.is_not(None), Image.erased_at.is_(None), or_(waiting, there)
    )
    found = {image.key: image for image in db.session.scalars(rows)}
    return [found[key] for key in wanted if key in found]


def list_records(ctx: RoomContext, *, cursor: str | None = None, limit: int = 20) -> Page[Image]:
    """Return the pictures that were posted in a room, the latest first, erased ones too; for its moderators."""
    statement = (
        select(Image)
        .where(Image.room_id == ctx.room_id, Image.attached_at.is_not(None))
        .order_by(Image.id.desc())
        .limit(limit + 1)
    )
    before = decode_cursor(cursor, int)
    if before is not None:
        statement = statement.where(Image.id < before[0])
    return make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))


def kept_bytes(user_id: int) -> int:
    """Return how many bytes of pictures are kept for somebody."""
    total = select(func.coalesce(func.sum(Image.byte_size), 0))
    return int(db.session.scalar(total.where(Image.uploader_id == user_id, Image.removed_at.is_(None))) or 0)


def count_waiting(user_id: int) -> int:
    """Return how many pictures of somebody belong to no post yet."""
    waiting = select(func.count(Image.id)).where(
        Image.uploader_id == user_id, Image.attached_at.is_(None), Image.removed_at.is_(None)
    )
    return db.session.scalar(waiting) or 0
