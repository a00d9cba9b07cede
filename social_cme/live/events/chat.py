"""Facts about the chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import user_channel
from social_cme.live.events.sessions import SessionFact


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
class ChatReacted(SessionFact):
    """Somebody reacted to a line or took that back; who and how is told to nobody, only the counts."""

    kind: ClassVar[str] = "chat.reacted"
    message_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatPinned(SessionFact):
    """A line was pinned to the top of the chat; ``message_id`` is empty when it was taken off."""

    kind: ClassVar[str] = "chat.pinned"
    message_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatMentioned(SessionFact):
    """Somebody was named in a line; only they hear of it."""

    kind: ClassVar[str] = "chat.mentioned"
    message_id: int
    user_id: int

    @property
    def channel(self) -> str:
        """The inbox of the person who was named."""
        return user_channel(self.user_id)
