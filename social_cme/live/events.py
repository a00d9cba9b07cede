"""Facts of live sessions; they travel on the session's own channel, somebody's attendance on the person's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, live_channel, user_channel


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
    """A session was put on the calendar."""

    kind: ClassVar[str] = "session.scheduled"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionChanged(SessionFact):
    """Title, times, mentors or capacity changed."""

    kind: ClassVar[str] = "session.changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionStarted(SessionFact):
    """A mentor opened the session."""

    kind: ClassVar[str] = "session.started"


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
    """The session will not take place."""

    kind: ClassVar[str] = "session.cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class RsvpGiven(SessionFact):
    """Somebody said whether they will come; ``going`` tells which."""

    kind: ClassVar[str] = "rsvp.given"
    going: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionFact(SessionFact):
    """Base: something happened to a question."""

    question_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionAsked(QuestionFact):
    """Somebody asked."""

    kind: ClassVar[str] = "question.asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionVoted(QuestionFact):
    """Support was given (``supports``) or taken back; ``first`` counts once per person and question."""

    kind: ClassVar[str] = "question.voted"
    supports: bool
    first: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionStateChanged(QuestionFact):
    """A mentor took a question up, answered, merged, skipped, hid or reopened it; ``state`` names the new state."""

    kind: ClassVar[str] = "question.state_changed"
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatPosted(SessionFact):
    """Somebody wrote a line."""

    kind: ClassVar[str] = "chat.posted"
    message_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatHidden(SessionFact):
    """A mentor hid a line of the chat."""

    kind: ClassVar[str] = "chat.hidden"
    message_id: int


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
