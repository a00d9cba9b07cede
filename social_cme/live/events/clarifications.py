"""Facts about private words; only ``user_id``, for whom they are, hears of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import user_channel
from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveClarificationFact(SessionFact):
    """Base: private words about a question."""

    question_id: int
    clarification_id: int
    user_id: int

    @property
    def channel(self) -> str:
        """The inbox of the person for whom they are."""
        return user_channel(self.user_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveClarificationAsked(LiveClarificationFact):
    """Who leads a session asked the author of a question in private."""

    kind: ClassVar[str] = "live_clarification.asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveClarificationAnswered(LiveClarificationFact):
    """The author answered in private; ``actor_id`` is empty, so that the fact names nobody."""

    kind: ClassVar[str] = "live_clarification.answered"
