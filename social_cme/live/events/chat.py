"""Facts about the chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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
