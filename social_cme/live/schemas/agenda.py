"""Shapes of the agenda."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.live import rules
from social_cme.live.enums import SegmentKind
from social_cme.live.rules import SegmentPlan
from social_cme.live.schemas.base import SessionCommand, Shown
from social_cme.web.api import ClientBody, Schema


class SegmentOut(Shown):
    """A segment: ``seconds`` is how long it has run in runs that ended, ``running_since`` when the present one began."""

    id: int
    kind: SegmentKind
    title: str
    minutes: int
    countable: bool
    interactive: bool
    started_at: datetime | None
    running_since: datetime | None
    seconds: int


class AgendaOut(Shown):
    """The segments in order; ``interactive_percent`` is of the countable minutes, its mark is 25."""

    segments: list[SegmentOut]
    current_id: int | None
    minutes: int
    countable_minutes: int
    interactive_minutes: int
    interactive_percent: int
    meets_mark: bool

    @classmethod
    def of(cls, agenda: Any) -> Self:
        """Show an agenda."""
        sums = agenda.sums
        return cls(
            segments=[SegmentOut.model_validate(one) for one in agenda.segments],
            current_id=agenda.current.id if agenda.current is not None else None,
            minutes=sums.minutes,
            countable_minutes=sums.countable,
            interactive_minutes=sums.interactive,
            interactive_percent=sums.percent,
            meets_mark=sums.meets_mark,
        )


class SegmentBody(Schema):
    """A line of an agenda; with ``id`` it stays the segment that it was. A break does not count unless it says so."""

    id: int | None = Field(None, ge=1, lt=2**53)
    title: str = Field(min_length=1, max_length=rules.MAX_SEGMENT_TITLE)
    minutes: int = Field(ge=1, le=rules.MAX_SEGMENT_MINUTES)
    kind: SegmentKind = SegmentKind.OTHER
    countable: bool | None = None
    interactive: bool = False

    def plan(self) -> SegmentPlan:
        """Return what it asks for."""
        counts = rules.counts_by_default(self.kind) if self.countable is None else self.countable
        return SegmentPlan(
            id=self.id,
            title=self.title,
            minutes=self.minutes,
            kind=self.kind,
            countable=counts,
            interactive=self.interactive,
        )


class AgendaBody(ClientBody):
    """A whole agenda, in order."""

    segments: list[SegmentBody] = Field(max_length=rules.MAX_SEGMENTS)


class CorrectionBody(ClientBody):
    """What a segment was, said anew."""

    countable: bool
    interactive: bool


class StartSegment(SessionCommand):
    """Make a segment the current one; without a number, the next of the agenda."""

    segment_id: int | None = Field(None, ge=1, lt=2**53)
