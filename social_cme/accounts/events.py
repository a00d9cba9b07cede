"""Facts about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, user_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginEnded(Event):
    """A log-in ended; its sockets are disconnected."""

    kind: ClassVar[str] = "login.ended"

    login_id: int

    @property
    def channel(self) -> str:
        """The person's own inbox."""
        return user_channel(self.actor_id or 0)
