"""The bytes of pictures."""

from __future__ import annotations

from social_cme.core.errors import NotFound
from social_cme.media.models import Image
from social_cme.media.storage import storage


def read_file(image: Image, size: int) -> bytes:
    """Return a file of a picture that the caller has access to; raise ``NotFound`` for a size that there is not."""
    known = {int(one[0]) for one in image.files}
    data = storage().read(image.file_name(size)) if size in known else None
    if data is None:
        raise NotFound
    return data
