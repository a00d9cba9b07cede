"""What the API takes and shows of pictures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from spectree.model_adapter.pydantic_adapter import BaseFile

from social_cme.media.enums import ALT_LIMIT, CAPTION_LIMIT, CONSENT_BY_LIMIT, REASON_LIMIT, Consent
from social_cme.web.api import ClientBody, Schema


class ImageIn(ClientBody):
    """A picture with what its uploader states about it. Of the file, the pixels alone are kept."""

    file: BaseFile = Field(description="JPEG, PNG, WebP or GIF; of an animation the first frame is kept.")
    alt: str = Field("", max_length=ALT_LIMIT, description="Needed: what it shows, for somebody who cannot see it.")
    caption: str = Field("", max_length=CAPTION_LIMIT)
    consent: Consent | Literal[""] = Field(
        "", description="Needed: whether it is of a patient, and under which consent."
    )
    consent_on: str = Field("", max_length=10, description="ISO date; needed for a picture of a patient.")
    consent_by: str = Field(
        "", max_length=CONSENT_BY_LIMIT, description="Who obtained the consent; needed for a picture of a patient."
    )
    attested: bool = Field(False, description="Must be true: no face, name or number in it identifies anybody.")


class ImageEraseIn(Schema):
    """Why a picture is erased; a moderator must say so."""

    reason: str = Field("", max_length=REASON_LIMIT)


class Shown(BaseModel):
    """Base of what is shown."""

    model_config = ConfigDict(from_attributes=True)


class ImageOut(Shown):
    """A picture as it stands with a post; ``GET …/images/{key}`` says where its files are."""

    key: str
    alt: str
    caption: str
    width: int
    height: int

    @classmethod
    def of(cls, image: Any) -> Self:
        """Show a picture."""
        return cls.model_validate(image)


class ImageFileOut(Shown):
    """One file of a picture: the square it fits into, its own size, and its address on this server."""

    size: int
    width: int
    height: int
    bytes: int
    href: str


class ConsentOut(Shown):
    """Under which consent a picture is shown; for its uploader and the moderators."""

    consent: Consent
    consent_on: date | None
    consent_by: str
    attested_at: datetime


class ImageDetailOut(ImageOut):
    """A picture with its files, and for those who may read it with its consent record."""

    is_posted: bool
    files: list[ImageFileOut]
    record: ConsentOut | None


class ImageRecordOut(ImageOut):
    """A picture that was posted in a room, with its consent record; what it shows is gone once it is erased."""

    holder: str
    holder_id: int | None
    record: ConsentOut
    erased_at: datetime | None
    erased_reason: str

    @classmethod
    def of(cls, image: Any) -> Self:
        """Show a record to a moderator."""
        own = {name: getattr(image, name) for name in cls.model_fields if name != "record"}
        return cls(**own, record=ConsentOut.model_validate(image))


class ImageRecordPage(Shown):
    """A page of the pictures of a room, the latest first."""

    items: list[ImageRecordOut]
    next_cursor: str | None
