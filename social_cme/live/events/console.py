"""Facts for who leads a session; they travel on a channel of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import user_channel
from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionStaged(SessionFact):
    """A question waits for approval, or was approved or declined."""

    kind: ClassVar[str] = "stage.question"
    question_id: int

    @property
    def channel(self) -> str:
        """The channel of who leads the session."""
        return stage_channel(self.session_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class MentorReleased(SessionFact):
    """Somebody leads the session no more; their open windows lose the channel of who leads it."""

    kind: ClassVar[str] = "session.mentor_released"
    user_id: int

    @property
    def channel(self) -> str:
        """The person's channel."""
        return user_channel(self.user_id)


def stage_channel(session_id: int) -> str:
    """Name the channel of who leads a session."""
    return f"stage:{session_id}"
