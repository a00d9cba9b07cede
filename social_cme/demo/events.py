"""Facts about the demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, user_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoLoaded(Event):
    """The whole demo content is in place; until then a load can be resumed."""

    kind: ClassVar[str] = "demo.loaded"

    @property
    def channel(self) -> str:
        """The administrator's inbox."""
        return user_channel(self.actor_id or 0)
