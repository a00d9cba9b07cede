"""Work on the files of pictures outside a request."""

from __future__ import annotations

from social_cme.jobs.queue import job
from social_cme.media.services import erasing


@job("media.remove_files")
def remove_files(image_id: int) -> None:
    """Remove the files of a picture that was erased."""
    erasing.remove_files(image_id)


@job("media.sweep", every_seconds=600)
def sweep() -> None:
    """Erase pictures that nobody posted, and remove files that are still there."""
    erasing.sweep()
