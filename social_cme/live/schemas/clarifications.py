"""Shapes of private words about a question. Rule: nothing here can name its author."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.live import rules
from social_cme.live.schemas.base import PersonOut, Shown
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody


class PrivateBody(ClientBody, Attesting):
    """Private words in plain text: who leads leaves ``mentor_id`` out, the author says whom they answer."""

    body: str = Field(min_length=1, max_length=rules.MAX_CLARIFICATION)
    mentor_id: int | None = Field(None, ge=1, lt=2**53)


class PrivateOut(Shown):
    """A private message; the author's carry no name."""

    id: int
    is_from_author: bool
    body: str
    at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a message."""
        return cls(id=row.id, is_from_author=row.is_from_author, body=row.body, at=row.created_at)


class PrivateTalkOut(Shown):
    """What one mentor and the author of one question said to each other."""

    question_id: int
    is_mine: bool = Field(description="Whether the caller asked the question.")
    mentor: PersonOut
    messages: list[PrivateOut]


class PrivateTalkList(Shown):
    """The conversations in which the caller has a part."""

    items: list[PrivateTalkOut]

    @classmethod
    def of(cls, conversations: Any) -> Self:
        """Show conversations."""
        return cls(
            items=[
                PrivateTalkOut(
                    question_id=one.question.id,
                    is_mine=one.is_mine,
                    mentor=PersonOut.of(one.mentor),
                    messages=[PrivateOut.of(row) for row in one.messages],
                )
                for one in conversations
            ]
        )
