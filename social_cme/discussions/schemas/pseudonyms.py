"""What is shown of pseudonyms.

Rule: nothing here can name the person behind one.
"""

from __future__ import annotations

from pydantic import Field

from social_cme.discussions.enums import PseudonymLevel
from social_cme.discussions.schemas.shown import Shown


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
