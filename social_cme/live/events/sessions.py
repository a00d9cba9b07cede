"""Facts about a session as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, live_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionFact(Event):
    """Base: something happened in a session."""

    room_id: int
    session_id: int

    @property
    def channel(self) -> str:
        """The session's channel."""
        return live_channel(self.session_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionScheduled(SessionFact):
    """A session was put on the calendar; people hear of one ``in_series`` from the fact about the series."""

    kind: ClassVar[str] = "session.scheduled"
    in_series: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionChanged(SessionFact):
    """Title, times, mentors or capacity changed.

    ``change`` is ``times``, ``details``, ``end`` (a running session was extended) or ``series``: people hear of that one from
    the fact about the series.
    """

    kind: ClassVar[str] = "session.changed"
    change: str = "details"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionStarted(SessionFact):
    """A mentor opened the session."""

    kind: ClassVar[str] = "session.started"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPaused(SessionFact):
    """A mentor paused the session; nothing counts until it is resumed."""

    kind: ClassVar[str] = "session.paused"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionResumed(SessionFact):
    """A mentor resumed the session; its end moved by the length of the pause."""

    kind: ClassVar[str] = "session.resumed"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionEnded(SessionFact):
    """A mentor closed the session."""

    kind: ClassVar[str] = "session.ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionArchived(SessionFact):
    """Every question of the ended session has become a thread."""

    kind: ClassVar[str] = "session.archived"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionCancelled(SessionFact):
    """The session will not take place; people hear of one ``in_series`` from the fact about the series."""

    kind: ClassVar[str] = "session.cancelled"
    in_series: bool = False
