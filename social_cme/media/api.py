"""Pictures over the API: bringing one, what is known of it, erasing it, and a room's consent records."""

from __future__ import annotations

from flask import url_for

from social_cme.core.permissions import require
from social_cme.media.models import Image
from social_cme.media.policies import can_list_records, can_see_record
from social_cme.media.queries.images import access_image, list_records
from social_cme.media.schemas import (
    ConsentOut,
    ImageDetailOut,
    ImageEraseIn,
    ImageFileOut,
    ImageIn,
    ImageOut,
    ImageRecordOut,
    ImageRecordPage,
)
from social_cme.media.services.erasing import erase_image as erase
from social_cme.media.services.statements import Statement
from social_cme.media.services.uploading import upload_image as take_in
from social_cme.media.storage import settings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, PageQuery, blueprint, endpoint
from social_cme.web.uploads import uploaded_bytes

bp = blueprint("media")
IMAGE = "/rooms/<slug:slug>/images/<key:image>"


@endpoint(
    bp,
    "/rooms/<slug:slug>/images",
    "POST",
    result=ImageDetailOut,
    form=ImageIn,
    status=201,
    scope=ApiScope.WRITE,
    errors=(413, 422, 503),
)
def upload_image(slug: str, form: ImageIn) -> ImageDetailOut:
    """Bring a picture; name its key in ``image_keys`` of a thread or an answer within a day, or it is removed."""
    ctx = read_room(require_actor(), slug)
    statement = Statement(
        alt=form.alt,
        caption=form.caption,
        consent=form.consent,
        consent_on=form.consent_on,
        consent_by=form.consent_by,
        is_attested=form.attested,
    )
    data = uploaded_bytes(form.file, most=settings().max_image_kilobytes * 1024)
    return _shown(ctx, take_in(ctx, data=data, statement=statement, client_id=form.client_id))


@endpoint(bp, IMAGE, "GET", result=ImageDetailOut, public=True)
def show_image(slug: str, image: str) -> ImageDetailOut:
    """Show what is known of a picture and where its files are; they take the same token."""
    ctx = read_room(current_actor(), slug)
    return _shown(ctx, access_image(ctx, image))


@endpoint(bp, f"{IMAGE}/erase", "POST", result=None, body=ImageEraseIn, status=204, scope=ApiScope.WRITE, errors=(422,))
def erase_image(slug: str, image: str, body: ImageEraseIn) -> None:
    """Erase a picture for good; a moderator who erases somebody else's says why."""
    erase(read_room(require_actor(), slug), key=image, reason=body.reason)


@endpoint(bp, IMAGE, "DELETE", result=None, status=204, scope=ApiScope.WRITE, errors=(422,))
def delete_image(slug: str, image: str) -> None:
    """Erase your own picture for good."""
    erase(read_room(require_actor(), slug), key=image)


@endpoint(bp, "/rooms/<slug:slug>/moderation/pictures", "GET", result=ImageRecordPage, query=PageQuery, errors=(422,))
def list_all_records(slug: str, query: PageQuery) -> ImageRecordPage:
    """List the pictures that were posted in a room with their consent records, erased ones too; for moderators."""
    ctx = read_room(require_actor(), slug)
    require(can_list_records(ctx))
    page = list_records(ctx, cursor=query.cursor, limit=query.limit)
    return ImageRecordPage(items=[ImageRecordOut.of(one) for one in page.items], next_cursor=page.next_cursor)


def _shown(ctx: RoomContext, image: Image) -> ImageDetailOut:
    return ImageDetailOut(
        **ImageOut.of(image).model_dump(),
        is_posted=image.attached_at is not None,
        files=[
            ImageFileOut(
                size=size,
                width=width,
                height=height,
                bytes=length,
                href=url_for("media.show_image", slug=ctx.room.slug, image=image.key, size=size),
            )
            for size, width, height, length in image.files
        ],
        record=ConsentOut.model_validate(image) if can_see_record(ctx, image) else None,
    )
