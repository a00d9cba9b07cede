"""Facts about attendance; they travel on the person's own channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import user_channel
from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class AttendanceClosed(SessionFact):
    """A stretch of the actor's attendance came to its end; ``seconds`` is what it adds to the person's time.

    It travels on the person's own channel: how long somebody stayed is nobody else's news, and a thousand people leaving
    at once must not be a thousand messages to each of them.
    """

    kind: ClassVar[str] = "attendance.closed"
    interval_id: int
    seconds: int

    @property
    def channel(self) -> str:
        """The person's channel."""
        return user_channel(self.actor_id or 0)
