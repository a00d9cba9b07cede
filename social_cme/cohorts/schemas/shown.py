"""What the shapes of cohorts share.

Rule: what is shown is named field by field; a column that is not listed never leaves the server.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Shown(BaseModel):
    """Base of what is shown."""

    model_config = ConfigDict(from_attributes=True)


class PersonOut(Shown):
    """Who somebody is, without an id for an account that was closed."""

    id: int | None
    display_name: str
    profession: str | None

    @classmethod
    def of(cls, user: Any) -> Self:
        """Show an account."""
        if user.state == "closed":
            return cls(id=None, display_name="Former member", profession=None)
        return cls(id=user.id, display_name=user.display_name, profession=user.profession)
