"""Shapes of slides."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field
from spectree.model_adapter.pydantic_adapter import BaseFile

from social_cme.live import rules
from social_cme.live.enums import DeckState
from social_cme.live.schemas.base import SessionCommand, Shown
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody

_PAGE = Field(ge=1, le=10_000)


class DeckWorkOut(Shown):
    """Slides that are being made into pictures, or could not be; ``problem`` says why."""

    state: DeckState
    pages: int
    done: int
    problem: str


class SlidesOut(Shown):
    """The slides everybody sees; ``key`` is empty when there are none. ``revision`` counts changes of the descriptions."""

    key: str
    pages: int
    page: int
    revision: int
    work: DeckWorkOut | None

    @classmethod
    def of(cls, slides: Any) -> Self:
        """Show what ``queries.stage.slides_of`` found."""
        deck, work = slides.deck, slides.work
        return cls(
            key=deck.key if deck is not None else "",
            pages=deck.pages_total if deck is not None else 0,
            page=slides.page,
            revision=deck.revision if deck is not None else 0,
            work=DeckWorkOut(state=work.state, pages=work.pages_total, done=work.pages_done, problem=work.problem)
            if work is not None
            else None,
        )


class SlidePageOut(Shown):
    """A page: what stands on it, and where its pictures are, from small to large."""

    number: int
    alt: str
    width: int
    height: int
    hrefs: dict[str, str]


class SlideList(Shown):
    """The slides with their pages; before the start pages are listed for who leads alone."""

    slides: SlidesOut
    items: list[SlidePageOut]


class SlidesIn(ClientBody):
    """A PDF of slides with the word of who brings it."""

    file: BaseFile = Field(description="A PDF. Its pages become pictures; the file itself is not kept.")
    attested: bool = Field(False, description="Must be true: nothing on any page identifies a patient.")


class ShowSlideBody(ClientBody):
    """The page that everybody sees."""

    page: int = _PAGE


class DescribeSlideBody(ClientBody, Attesting):
    """What stands on a page, for somebody who cannot see it."""

    page: int = _PAGE
    alt: str = Field("", max_length=rules.MAX_ALT)


class ShowSlide(SessionCommand):
    """Move the slides for everybody to a page."""

    page: int = _PAGE
