"""Shapes of the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.live import rules
from social_cme.live.schemas.base import ID, PersonOut, SessionCommand, Shown
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody


class ChatOut(Shown):
    """A line of the chat; one that is hidden keeps its place and loses its words and its author."""

    id: int
    body: str
    author: PersonOut | None
    at: datetime
    is_hidden: bool
    hidden_reason: str

    @classmethod
    def of(cls, message: Any) -> Self:
        """Show a line whose author was loaded with it."""
        hidden = message.hidden_at is not None
        return cls(
            id=message.id,
            body="" if hidden else message.body,
            author=None if hidden else PersonOut.of(message.author),
            at=message.created_at,
            is_hidden=hidden,
            hidden_reason=message.hidden_reason if hidden else "",
        )


class ChatPage(Shown):
    """A page of chat, the newest first."""

    items: list[ChatOut]
    next_cursor: str | None


class ChatBody(ClientBody, Attesting):
    """A line of chat in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_CHAT)


class PostChat(SessionCommand, Attesting):
    """A line of chat in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_CHAT)


class HideChat(SessionCommand):
    """A line of chat is taken off the screen."""

    message_id: int = ID
    reason: str = Field("", max_length=rules.MAX_REASON)
