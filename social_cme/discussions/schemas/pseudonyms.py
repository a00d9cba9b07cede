"""What is shown of pseudonyms.

Rule: nothing here can name the person behind one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.discussions.enums import COMMENT_LIMIT, PseudonymLevel
from social_cme.discussions.schemas.people import PersonOut
from social_cme.discussions.schemas.shown import Shown
from social_cme.web.api import ClientBody


class PseudonymOut(Shown):
    """A line that the caller may write under in a room."""

    level: PseudonymLevel
    line: str
    is_verified: bool | None = Field(description="Null when the line claims no profession.")
    is_narrow: bool = Field(description="Fewer than three active members share it, so it points to the caller.")


class PseudonymList(Shown):
    """The pseudonyms, the finest first, and who can see through them."""

    items: list[PseudonymOut]
    who_sees_through: str
    warning: str


class ClarificationIn(ClientBody):
    """Private words: a mentor leaves ``mentor_id`` out, the author says which mentor they answer."""

    body: str = Field(min_length=1, max_length=COMMENT_LIMIT)
    mentor_id: int | None = Field(None, ge=1, lt=2**53)


class ClarificationOut(Shown):
    """A private message; the author's carry no name."""

    id: int
    is_from_author: bool
    body: str
    body_html: str
    created_at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a message."""
        return cls(
            id=row.id,
            is_from_author=row.is_from_author,
            body=row.body_md,
            body_html=row.body_html,
            created_at=row.created_at,
        )


class ConversationOut(Shown):
    """What one mentor and the author said to each other."""

    mentor: PersonOut
    messages: list[ClarificationOut]


class ConversationList(Shown):
    """The conversations that the caller may read: all for the author, the own for a mentor."""

    items: list[ConversationOut]
