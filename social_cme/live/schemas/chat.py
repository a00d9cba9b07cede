"""Shapes of the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.core.text import excerpt
from social_cme.live import rules
from social_cme.live.enums import Reaction
from social_cme.live.schemas.base import ID, PersonOut, SessionCommand, Shown
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody

QUOTED = 120


class QuoteOut(Shown):
    """The line that another answers, in short; without words and author once it was hidden."""

    id: int
    body: str
    author: PersonOut | None

    @classmethod
    def of(cls, message: Any) -> Self:
        """Show a line whose author was loaded with it."""
        if message.hidden_at is not None:
            return cls(id=message.id, body="", author=None)
        words = excerpt(" ".join(message.body.split()), limit=QUOTED)
        return cls(id=message.id, body=words, author=PersonOut.of(message.author))


class LineShown(Shown):
    """What every line shows; one that is hidden keeps its place and loses its words and its author."""

    id: int
    body: str
    author: PersonOut | None
    at: datetime
    is_hidden: bool
    hidden_reason: str

    @staticmethod
    def values_of(message: Any) -> dict[str, Any]:
        """Return the values of a line that was loaded with its author."""
        hidden = message.hidden_at is not None
        return {
            "id": message.id,
            "body": "" if hidden else message.body,
            "author": None if hidden else PersonOut.of(message.author),
            "at": message.created_at,
            "is_hidden": hidden,
            "hidden_reason": message.hidden_reason if hidden else "",
        }


class GroupLineOut(LineShown):
    """A line of a group's chat."""

    @classmethod
    def of(cls, message: Any) -> Self:
        """Show a line that was loaded with its author."""
        return cls(**cls.values_of(message))


class ChatOut(LineShown):
    """A line of the chat."""

    reply_to: QuoteOut | None
    mentions: list[int] = Field(description="The members who are named in it.")
    reactions: dict[str, int] = Field(description="How many people reacted in each way.")

    @classmethod
    def of(cls, message: Any) -> Self:
        """Show a line that was loaded with its author, the line it answers, its mentions and its tallies."""
        hidden = message.hidden_at is not None
        return cls(
            **cls.values_of(message),
            reply_to=QuoteOut.of(message.reply_to) if message.reply_to is not None else None,
            mentions=[] if hidden else sorted(one.user_id for one in message.mentions),
            reactions={} if hidden else {one.kind: one.people for one in message.tallies if one.people > 0},
        )


class MyReaction(Shown):
    """How the reader reacted to a line."""

    message_id: int
    kinds: list[str]

    @classmethod
    def all_of(cls, found: dict[int, list[str]]) -> list[Self]:
        """Show one's reactions by line."""
        return [cls(message_id=message_id, kinds=kinds) for message_id, kinds in sorted(found.items())]


class ChatPage(Shown):
    """A page of chat, the newest first."""

    items: list[ChatOut]
    my_reactions: list[MyReaction]
    next_cursor: str | None


class ChatBody(ClientBody, Attesting):
    """A line of chat in plain text; members are named as ``@[Name](user:12)`` or by their whole name after an @."""

    body: str = Field(min_length=1, max_length=rules.MAX_CHAT)
    reply_to_id: int | None = Field(None, ge=1, lt=2**53)


class ReactionBody(ClientBody):
    """A reaction."""

    kind: Reaction


class PostChat(SessionCommand, Attesting):
    """A line of chat in plain text, also as a reply to another."""

    body: str = Field(min_length=1, max_length=rules.MAX_CHAT)
    reply_to_id: int | None = Field(None, ge=1, lt=2**53)


class HideChat(SessionCommand):
    """A line of chat is taken off the screen."""

    message_id: int = ID
    reason: str = Field("", max_length=rules.MAX_REASON)


class ReactToChat(SessionCommand):
    """React to a line in one way (``on``), or take that back."""

    message_id: int = ID
    kind: Reaction
    on: bool = True


class PinChat(SessionCommand):
    """Pin a line to the top of the chat, or take it off there (``pinned`` false). Only for who leads."""

    message_id: int = ID
    pinned: bool = True
