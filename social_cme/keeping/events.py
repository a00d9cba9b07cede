"""Facts about what people keep; on the person's own channel alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, user_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderFellDue(Event):
    """The moment came at which somebody wanted to be reminded of a thread or a post; nobody did it."""

    kind: ClassVar[str] = "reminder.fell_due"

    user_id: int
    room_id: int
    thread_id: int
    post_id: int | None

    @property
    def channel(self) -> str:
        """The person's own inbox."""
        return user_channel(self.user_id)
