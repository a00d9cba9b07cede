"""Facts about several sessions at once; they travel on the channel of the first one that they concern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesFact(SessionFact):
    """Base: something happened to a series, from the session ``session_id`` at ``from_place`` on."""

    series_id: int
    from_place: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesScheduled(SeriesFact):
    """A series was put on the calendar."""

    kind: ClassVar[str] = "series.scheduled"


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesChanged(SeriesFact):
    """A session and all that follow it changed; ``change`` is ``times`` or ``details``."""

    kind: ClassVar[str] = "series.changed"
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesCancelled(SeriesFact):
    """A session and all that follow it will not take place."""

    kind: ClassVar[str] = "series.cancelled"
