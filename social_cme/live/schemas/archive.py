"""Shapes of what is kept of a session."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.live import rules
from social_cme.live.schemas.base import PersonOut, Shown
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody, PageQuery


class ArchiveOut(Shown):
    """The archive of a session: an activity of its own, which adds nothing to what was earned live."""

    reference: str
    opened_at: datetime
    summary_md: str
    summary_html: str
    summary_revision: int
    summarized_by: PersonOut | None
    summarized_at: datetime | None

    @classmethod
    def of(cls, archive: Any) -> Self:
        """Show an archive whose writer was loaded with it."""
        own = {name: getattr(archive, name) for name in cls.model_fields if name != "summarized_by"}
        by = archive.summarized_by
        return cls(**own, summarized_by=PersonOut.of(by) if by is not None else None)


class LineOut(Shown):
    """A line of the transcript; ``about`` is the id of the question, message or other thing that it is about."""

    at: datetime
    kind: str
    about: int
    speaker: str
    text: str


class TranscriptPage(Shown):
    """A page of the transcript, in the order of time."""

    items: list[LineOut]
    next_cursor: str | None


class TranscriptQuery(PageQuery):
    """How to page through a transcript, and what to look for in it."""

    q: str = Field("", max_length=rules.MAX_TRANSCRIPT_QUERY)


class SummaryBody(ClientBody, Attesting):
    """The summary in Markdown; ``revision`` is the version that its writer saw, 0 for the first."""

    body: str = Field("", max_length=rules.MAX_SUMMARY)
    revision: int = Field(ge=0, lt=2**31)
