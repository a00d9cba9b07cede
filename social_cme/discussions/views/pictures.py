"""Pictures in the forms of threads and answers: one at a time comes along with the form, those added before are named by it.

Rule: whatever becomes of a picture, the text of the form goes back to its writer.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from wtforms import Form

from social_cme.core.errors import AppError, NotFound
from social_cme.media.forms import PicturesForm
from social_cme.media.models import Image
from social_cme.media.queries.images import own_images
from social_cme.media.services.erasing import erase_image
from social_cme.media.services.statements import Statement
from social_cme.media.services.uploading import upload_image
from social_cme.media.storage import settings
from social_cme.rooms.policies import RoomContext
from social_cme.web.uploads import uploaded_bytes


def handle_pictures(ctx: RoomContext, form: Form, *, holder: str = "", holder_id: int | None = None) -> int | None:
    """Take in the picture that came with the form, or drop one.

    Returns the status with which the form is to be shown again, because the writer asked for nothing else or because the picture
    was refused (the reason stands at its fields); ``None`` when the form may be sent.
    """
    if not isinstance(form, PicturesForm):
        return None
    dropped = request.form.get("remove_image", "")
    if dropped:
        _drop(ctx, form, dropped, holder=holder, holder_id=holder_id)
        return 200
    asked = "add_image" in request.form
    data = uploaded_bytes(form.image_file.data, most=settings().max_image_kilobytes * 1024)
    if not data and not asked:
        return None
    try:
        image = upload_image(ctx, data=data, statement=_statement(form))
    except AppError as error:
        form.add_picture_errors(error)
        return error.status
    form.set_picture_keys([*form.picture_keys(), image.key])
    form.empty_picture()
    return 200 if asked else None


def shown_pictures(ctx: RoomContext, form: Form, *, holder: str = "", holder_id: int | None = None) -> Sequence[Image]:
    """Return the pictures that the form names and its writer may post; the form forgets those that are gone."""
    if not isinstance(form, PicturesForm) or not form.picture_keys():
        return ()
    images = own_images(ctx, form.picture_keys(), holder=holder, holder_id=holder_id)
    if len(images) < len(form.picture_keys()):
        form.set_picture_keys([image.key for image in images])
        gone = "A picture that was not posted for a while is gone. Add it once more if it is still needed."
        form.image_file.errors = [*form.image_file.errors, gone]
    return images


def _statement(form: PicturesForm) -> Statement:
    # The date as it was typed: what is no date is named by the service.
    typed = form.image_consent_on.raw_data or [""]
    return Statement(
        alt=form.image_alt.data or "",
        caption=form.image_caption.data or "",
        consent=form.image_consent.data or "",
        consent_on=str(typed[0]),
        consent_by=form.image_consent_by.data or "",
        is_attested=bool(form.image_attested.data),
    )


def _drop(ctx: RoomContext, form: PicturesForm, key: str, *, holder: str, holder_id: int | None) -> None:
    there = {one.key: one for one in own_images(ctx, [key], holder=holder, holder_id=holder_id)}
    form.set_picture_keys([one for one in form.picture_keys() if one != key])
    image = there.get(key)
    if image is None or image.holder_id is not None:
        # What is shown already goes with the edit, when that is saved.
        return
    try:
        erase_image(ctx, key=key)
    except NotFound:
        # Another window was faster.
        return
