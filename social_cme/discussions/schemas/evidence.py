"""What is shown of sources, endorsements, disputes and the texts on top of threads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from social_cme.discussions.enums import CitationKind, EvidenceLevel, LapseReason, PaperStatus, SummaryKind
from social_cme.discussions.rules.citations import source_href
from social_cme.discussions.rules.evidence import scale_of
from social_cme.discussions.schemas.people import PersonOut
from social_cme.rooms.enums import EvidenceScale


class Shown(BaseModel):
    """Base of what is shown."""

    model_config = ConfigDict(from_attributes=True)


class PaperOut(Shown):
    """What is known of a paper; ``status`` is ``unknown`` until a service or the imported list was asked."""

    title: str
    authors: str
    journal: str
    year: int | None
    pmid: str
    doi: str
    status: PaperStatus
    status_on: date | None
    status_reason: str
    notice_doi: str
    checked_at: datetime | None
    checked_with: str


class CitationOut(Shown):
    """A source of an answer; a web page has no paper."""

    kind: CitationKind
    value: str
    label: str
    href: str
    paper: PaperOut | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a source with the address under which it is found."""
        return cls(
            kind=row.kind,
            value=row.value,
            label=row.label,
            href=source_href(row.kind, row.value),
            paper=PaperOut.model_validate(row.paper) if row.paper is not None else None,
        )


class EndorsementOut(Shown):
    """A mentor stands behind an answer, or did until the endorsement lapsed."""

    mentor: PersonOut
    scale: EvidenceScale | None
    evidence_level: EvidenceLevel
    note: str
    created_at: datetime
    review_by: date
    renewed_at: datetime | None
    lapsed_at: datetime | None
    lapse_reason: LapseReason | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show an endorsement."""
        return cls(
            mentor=PersonOut.of(row.mentor),
            scale=scale_of(row.evidence_level),
            evidence_level=row.evidence_level,
            note=row.note,
            created_at=row.created_at,
            review_by=row.review_by,
            renewed_at=row.renewed_at,
            lapsed_at=row.lapsed_at,
            lapse_reason=row.lapse_reason or None,
        )


class DisputeOut(Shown):
    """Why an answer is disputed and what is right instead; ``resolved_at`` once that is settled."""

    opened_by: PersonOut
    reason: str
    correction: str
    correction_html: str
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: PersonOut | None
    outcome: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a dispute."""
        return cls(
            opened_by=PersonOut.of(row.opened_by),
            reason=row.reason,
            correction=row.correction_md,
            correction_html=row.correction_html,
            created_at=row.created_at,
            resolved_at=row.resolved_at,
            resolved_by=PersonOut.of(row.resolved_by) if row.resolved_by is not None else None,
            outcome=row.outcome,
        )


class SummaryOut(Shown):
    """A text on top of a thread; send its ``revision`` with the next save."""

    kind: SummaryKind
    body: str
    body_html: str
    revision: int
    edited_at: datetime
    editor: PersonOut

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a text."""
        return cls(
            kind=row.kind,
            body=row.body_md,
            body_html=row.body_html,
            revision=row.revision,
            edited_at=row.edited_at,
            editor=PersonOut.of(row.editor),
        )


class SummaryList(Shown):
    """The texts on top of a thread."""

    items: list[SummaryOut]


class SummaryVersionOut(Shown):
    """One version; a sealed one has no words for members."""

    revision: int
    editor: PersonOut
    created_at: datetime
    reason: str
    body: str
    is_present: bool = Field(description="Whether it is the one on the page.")
    is_sealed: bool

    @classmethod
    def of(cls, shown: Any) -> Self:
        """Show a version as one reader sees it."""
        row = shown.version
        return cls(
            revision=row.revision,
            editor=PersonOut.of(row.editor),
            created_at=row.created_at,
            reason=row.reason,
            body=row.body_md if shown.shows_text else "",
            is_present=shown.is_present,
            is_sealed=row.is_sealed,
        )


class SummaryVersionList(Shown):
    """A page of versions, the latest first."""

    items: list[SummaryVersionOut]
    next_cursor: str | None
