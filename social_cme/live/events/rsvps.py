"""Facts about who will come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class RsvpGiven(SessionFact):
    """Somebody said whether they will come; ``waiting`` tells that every place was taken."""

    kind: ClassVar[str] = "rsvp.given"
    going: bool
    waiting: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RsvpMovedUp(SessionFact):
    """A place became free, and ``user_id``, who had waited longest, has it now."""

    kind: ClassVar[str] = "rsvp.moved_up"
    user_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RsvpReleased(SessionFact):
    """The place of ``user_id`` was given back for them; ``reason`` is ``left`` or ``eligibility``."""

    kind: ClassVar[str] = "rsvp.released"
    user_id: int
    reason: str
