"""Erasing pictures, and removing the files of those that are gone or that nobody posted.

Rule: a picture is out of sight with the commit. Its files go right after, and the sweep removes what a crash left; the row of one
that was shown stays without its words, so that moderators can see that there was one and under which consent.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update

from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.core.text import clean_line
from social_cme.jobs.queue import enqueue
from social_cme.media.enums import IN_DRAFT_AFTER, REASON_LIMIT, UNUSED_AFTER
from social_cme.media.events import ImageErased
from social_cme.media.models import Image
from social_cme.media.policies import can_erase, is_own
from social_cme.media.queries.holders import kept_keys
from social_cme.media.queries.images import access_image
from social_cme.media.storage import storage
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

BATCH = 200


def erase_image(ctx: RoomContext, *, key: str, reason: str = "") -> None:
    """Erase a picture for good; a moderator who erases somebody else's says why."""
    with transaction() as tx:
        image = access_image(ctx, key, lock=True)
        require(can_erase(ctx, image))
        text = clean_line(reason[: 4 * REASON_LIMIT])
        if len(text) > REASON_LIMIT:
            raise Invalid(fields={"reason": [f"The reason can have at most {REASON_LIMIT} characters."]})
        if not text and not is_own(ctx, image):
            raise Invalid("Say why the picture is erased.", fields={"reason": ["Say why the picture is erased."]})
        mark_erased(tx, image, by_id=ctx.actor_id, reason=text)


def mark_erased(tx: Transaction, image: Image, *, by_id: int | None, reason: str) -> None:
    """Put a picture out of sight and have its files removed after the commit. Joins the caller's transaction."""
    image.erased_at, image.erased_by_id, image.erased_reason = clock.now(), by_id, reason
    image.alt = image.caption = ""
    if image.attached_at is not None:
        tx.record(ImageErased(actor_id=by_id, room_id=image.room_id, image_id=image.id))
    tx.session.flush()
    image_id = image.id
    tx.after_commit(lambda: enqueue("media.remove_files", image_id=image_id))


def remove_files(image_id: int) -> None:
    """Remove the files of an erased picture; the row of one that was never shown goes with them."""
    with transaction() as tx:
        image = tx.session.get(Image, image_id)
        if image is None or image.erased_at is None or image.removed_at is not None:
            return
        names, was_shown = image.file_names, image.attached_at is not None
    storage().remove(names)
    with transaction() as tx:
        if was_shown:
            tx.session.execute(update(Image).where(Image.id == image_id).values(removed_at=clock.now()))
        else:
            tx.session.execute(delete(Image).where(Image.id == image_id))


def sweep() -> int:
    """Erase what nobody posted, and remove the files that are still due; return how many pictures were dealt with."""
    _erase_unused()
    with transaction() as tx:
        due = select(Image.id).where(Image.erased_at.is_not(None), Image.removed_at.is_(None)).limit(BATCH)
        ids = list(tx.session.scalars(due.order_by(Image.id)))
    for image_id in ids:
        remove_files(image_id)
    return len(ids)


def _erase_unused() -> None:
    moment = clock.now()
    last = 0
    while True:
        with transaction() as tx:
            unused = select(Image).where(
                Image.id > last,
                Image.attached_at.is_(None),
                Image.erased_at.is_(None),
                Image.created_at < moment - UNUSED_AFTER,
            )
            images = list(tx.session.scalars(unused.order_by(Image.id).limit(BATCH)))
            if not images:
                return
            last = images[-1].id
            kept = kept_keys({image.uploader_id for image in images})
            for image in images:
                if image.key not in kept or image.created_at < moment - IN_DRAFT_AFTER:
                    image.erased_at = moment
            tx.session.flush()
