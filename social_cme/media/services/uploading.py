"""Taking pictures in.

Rule: the row is committed before the first file is written and marked complete after the last, so an upload that breaks off
leaves nothing that the sweep does not find.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, TooLarge
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.media.decoding import NewFile, make_files
from social_cme.media.enums import WAITING_MOST
from social_cme.media.events import ImageConsentStated
from social_cme.media.models import Image
from social_cme.media.policies import can_upload
from social_cme.media.queries.images import count_waiting, kept_bytes
from social_cme.media.services.statements import CheckedStatement, Statement, check_statement
from social_cme.media.storage import settings, storage
from social_cme.persistence.transaction import Claim, Transaction, transaction
from social_cme.rooms.policies import RoomContext


def upload_image(ctx: RoomContext, *, data: bytes, statement: Statement, client_id: str | None = None) -> Image:
    """Take a picture in for a room; it belongs to its uploader until a thread or post shows it.

    *data* is whatever was sent; only its pixels are kept. Raises ``TooLarge`` above the limit of bytes or the person's quota,
    ``Invalid`` naming ``file`` or a field of the statement.
    """
    require(can_upload(ctx))
    said = check_statement(statement)
    _check_size(data)
    # Slow, and no business of the database: a repeat of this request is noticed right after it.
    files = make_files(data)
    image, is_repeat = _announce(ctx, files, said, client_id)
    if not is_repeat or image.stored_at is None:
        _store(image, files)
    return image


def _check_size(data: bytes) -> None:
    if not data:
        raise Invalid("Choose a picture.", fields={"file": ["Choose a picture."]})
    most = settings().max_image_kilobytes * 1024
    if len(data) > most:
        raise TooLarge(f"A picture can have at most {_size_words(most)}. Make it smaller, then choose it again.")


def _size_words(size: int) -> str:
    megabytes = size / 1024 / 1024
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{size // 1024} KB"


def _announce(
    ctx: RoomContext, files: list[NewFile], said: CheckedStatement, client_id: str | None
) -> tuple[Image, bool]:
    with transaction() as tx:
        require(can_upload(ctx))
        claim = tx.claim(ctx.user.id, client_id, "image.upload")
        earlier = _earlier(tx, claim)
        if earlier is not None:
            return earlier, True
        total = sum(len(one.data) for one in files)
        _check_quota(tx, ctx.user.id, total)
        image = Image(
            room_id=ctx.room_id,
            key=new_token(),
            uploader_id=ctx.user.id,
            alt=said.alt,
            caption=said.caption,
            width=files[-1].width,
            height=files[-1].height,
            files=[[one.size, one.width, one.height, len(one.data)] for one in files],
            byte_size=total,
            consent=said.consent.value,
            consent_on=said.consent_on,
            consent_by=said.consent_by,
            attested_at=clock.now(),
        )
        tx.add(image)
        tx.record(
            ImageConsentStated(actor_id=ctx.user.id, room_id=ctx.room_id, image_id=image.id, consent=said.consent.value)
        )
        claim.settle(image.id)
        return image, False


def _earlier(tx: Transaction, claim: Claim) -> Image | None:
    if claim.object_id is None:
        return None
    image = tx.session.get(Image, claim.object_id)
    if image is None or image.erased_at is not None:
        raise Conflict("This picture was taken in before and has been removed since. Choose it once more.")
    return image


def _check_quota(tx: Transaction, user_id: int, more: int) -> None:
    # Two uploads of the same person at once wait for each other here, or both would see room for one.
    tx.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    if count_waiting(user_id) >= WAITING_MOST:
        raise Conflict(
            f"You have {WAITING_MOST} pictures that belong to no post yet. Post or remove some, then add this one."
        )
    most = settings().image_quota_megabytes * 1024 * 1024
    if kept_bytes(user_id) + more > most:
        raise TooLarge(
            f"Your pictures fill the {_size_words(most)} that you may keep here. Erase some, then try again."
        )


def _store(image: Image, files: list[NewFile]) -> None:
    place = storage()
    for one in files:
        place.write(image.file_name(one.size), one.data)
    with transaction() as tx:
        row = tx.session.get(Image, image.id, populate_existing=True)
        if row is None or row.erased_at is not None:
            raise Conflict("This picture was removed while it was being taken in. Choose it once more.")
        row.stored_at = clock.now()
