"""Facts about the agenda."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class AgendaChanged(SessionFact):
    """Segments were added, removed, reordered or corrected."""

    kind: ClassVar[str] = "agenda.changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentStarted(SessionFact):
    """A segment became the current one; the one before ended in the same moment."""

    kind: ClassVar[str] = "segment.started"
    segment_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentEnded(SessionFact):
    """The current segment ended with its session."""

    kind: ClassVar[str] = "segment.ended"
    segment_id: int
