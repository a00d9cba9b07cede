"""Facts about pictures; they travel on the room's channel, which shows none of them.

Rule: a fact says which kind of consent was stated and that it was; date and name stay in the row, which can be erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, room_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFact(Event):
    """Base: something happened to a picture of a room."""

    room_id: int
    image_id: int

    @property
    def channel(self) -> str:
        """The room's channel."""
        return room_channel(self.room_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageConsentStated(ImageFact):
    """Somebody took a picture in, said under which consent, and that it shows nothing that identifies a person."""

    kind: ClassVar[str] = "image.consent_stated"
    consent: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImagePosted(ImageFact):
    """A picture was shown with a thread or a post."""

    kind: ClassVar[str] = "image.posted"
    holder: str
    holder_id: int
    consent: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageErased(ImageFact):
    """A picture that was shown is gone for good."""

    kind: ClassVar[str] = "image.erased"
