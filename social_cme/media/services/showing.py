"""Letting threads and posts show pictures; called by the features that own them, inside their transaction.

Rule: a picture is shown by one thing, in the room it was brought for, by the person who brought it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.media.enums import PER_POST
from social_cme.media.events import ImagePosted
from social_cme.media.models import Image
from social_cme.media.queries.images import images_of, own_images
from social_cme.media.services.erasing import mark_erased
from social_cme.persistence.transaction import transaction
from social_cme.rooms.policies import RoomContext


def show_images(ctx: RoomContext, *, holder: str, holder_id: int, keys: Sequence[str]) -> bool:
    """Let a row show exactly these pictures, in this order; return whether that changes anything.

    The caller has checked that the actor may write the row. Those it showed before and shows no more are erased. Raises
    ``Invalid`` naming ``image_keys`` for a picture that is gone, somebody else's, or one too many.
    """
    with transaction() as tx:
        there = images_of([(holder, [holder_id])]).get((holder, holder_id), [])
        wanted = list(dict.fromkeys(keys))
        if [image.key for image in there] == wanted:
            return False
        if len(wanted) > PER_POST:
            raise _unfit(f"A post can show at most {PER_POST} pictures.")
        images = own_images(ctx, wanted, holder=holder, holder_id=holder_id)
        if len(images) != len(wanted):
            raise _unfit("One of the pictures is gone, because it was not posted for a while. Add it once more.")
        for position, image in enumerate(images):
            image.position = position
            if image.holder_id is None:
                image.holder, image.holder_id, image.attached_at = holder, holder_id, clock.now()
                tx.record(
                    ImagePosted(
                        actor_id=ctx.actor_id,
                        room_id=ctx.room_id,
                        image_id=image.id,
                        holder=holder,
                        holder_id=holder_id,
                        consent=image.consent,
                    )
                )
        for image in there:
            if image.key not in wanted:
                mark_erased(tx, image, by_id=ctx.actor_id, reason="")
        tx.session.flush()
        return True


def move_images(image_ids: Sequence[int], *, to_room_id: int) -> None:
    """Let pictures follow what shows them into another room; the caller has checked both rooms."""
    with transaction() as tx:
        if image_ids:
            moved = update(Image).where(Image.id.in_(image_ids)).values(room_id=to_room_id)
            tx.session.execute(moved.execution_options(synchronize_session=False))


def hand_over_images(*, holder: str, holder_id: int, to_holder: str, to_id: int) -> None:
    """Let another row of the same room show what this one shows; for the features above, when one becomes the other."""
    with transaction() as tx:
        theirs = update(Image).where(Image.holder == holder, Image.holder_id == holder_id)
        moved = theirs.values(holder=to_holder, holder_id=to_id)
        tx.session.execute(moved.execution_options(synchronize_session=False))


def _unfit(message: str) -> Invalid:
    return Invalid(message, fields={"image_keys": [message]})
