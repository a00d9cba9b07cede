"""The shape of a check through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from social_cme.privacy.enums import ATTESTED_LIMIT, KEY_PATTERN, Certainty, IdentifierClass, ObjectKind

TEXT_LIMIT = 20_000
_Part = Annotated[str, Field(max_length=TEXT_LIMIT)]
_Key = Annotated[str, Field(pattern=KEY_PATTERN)]


class Attesting(BaseModel):
    """Mixed into what carries a text: the author's word about findings of the identifier check."""

    attested: Annotated[list[_Key], Field(max_length=ATTESTED_LIMIT)] = Field(
        default=[], description="Keys of findings that identify nobody, as the refusal named them."
    )


class CheckIn(BaseModel):
    """Texts to look through, named as you like; nothing is kept."""

    # Blanks at the ends stay: offsets count them.
    model_config = ConfigDict(extra="ignore")

    parts: dict[Annotated[str, Field(max_length=40)], _Part] = Field(max_length=12)
    room: str | None = Field(None, max_length=60, description="Slug of the room, whose members' names are no findings.")


class FindingOut(BaseModel):
    """Something that may identify a patient. Offsets count UTF-16 units, as browsers do."""

    field: str
    start: int
    end: int
    text: str
    kind: IdentifierClass
    class_words: str
    certainty: Certainty
    why: str
    proposal: str
    key: str


class CheckOut(BaseModel):
    """What was found. An empty list is no certificate: it says only that these rules found nothing."""

    blocks: bool
    findings: list[FindingOut]


class AttestedOut(BaseModel):
    """A text whose author attested that nobody is recognized in it: how often which class was found, no words and no names.

    ``object_id`` is the id of the thread, the post or what was said; ``place_id`` that of the live session it was said in.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    object_kind: ObjectKind
    object_id: int | None
    place_id: int | None
    counts: dict[IdentifierClass, int]
    attested_at: datetime | None
    reviewed_at: datetime | None


class AttestedPage(BaseModel):
    """A page of what waits for a second look, the oldest first."""

    items: list[AttestedOut]
    next_cursor: str | None
