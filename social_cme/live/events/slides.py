"""Facts about slides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class DeckFact(SessionFact):
    """Base: something happened to the slides of a session."""

    deck_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SlidesUploaded(DeckFact):
    """A file of slides was brought, with the word of who brought it that no page identifies a patient."""

    kind: ClassVar[str] = "slide.uploaded"
    pages: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SlidesRendered(DeckFact):
    """Some pages became pictures; ``state`` tells whether that goes on, is complete, or failed."""

    kind: ClassVar[str] = "slide.rendered"
    state: str
    done: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SlideShown(DeckFact):
    """Who leads moved the slides for everybody."""

    kind: ClassVar[str] = "slide.shown"
    page: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SlideDescribed(DeckFact):
    """What stands on a page was put into other words, for those who cannot see it."""

    kind: ClassVar[str] = "slide.described"
    page: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SlidesRemoved(DeckFact):
    """Slides were taken away; their pictures are removed."""

    kind: ClassVar[str] = "slide.removed"
