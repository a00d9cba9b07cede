"""Facts about attendance; they travel on the person's own channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import user_channel
from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnFact(SessionFact):
    """Base: it travels on the person's own channel.

    How long somebody stayed is nobody else's news, and a thousand people leaving at once must not be a thousand messages to
    each of them.
    """

    @property
    def channel(self) -> str:
        """The person's channel."""
        return user_channel(self.actor_id or 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class AttendanceClosed(OwnFact):
    """A stretch of the actor's attendance came to its end; ``seconds`` is what it adds to the person's time."""

    kind: ClassVar[str] = "attendance.closed"
    stretch_id: int
    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AttendanceVoided(OwnFact):
    """A stretch that was counted no longer is, as after a segment was corrected; what still counts of it is closed anew."""

    kind: ClassVar[str] = "attendance.voided"
    stretch_id: int
    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AttendanceConfirmed(OwnFact):
    """The actor said to be still there."""

    kind: ClassVar[str] = "attendance.confirmed"
