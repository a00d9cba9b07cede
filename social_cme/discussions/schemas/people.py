"""What is shown of people."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field


class PersonOut(BaseModel):
    """Who somebody is, as everybody in the room may know it; without an id for a pseudonym, or when the account was closed."""

    model_config = ConfigDict(from_attributes=True)

    id: int | None
    display_name: str = Field(description="The name, or the line of a pseudonym.")
    profession: str | None
    is_verified: bool = Field(description="Whether somebody entitled has seen proof of the profession.")
    is_pseudonym: bool

    @classmethod
    def of(cls, user: Any) -> Self:
        """Show an author, or an account that never writes under a pseudonym."""
        if user.state == "closed":
            return cls(id=None, display_name="Former member", profession=None, is_verified=False, is_pseudonym=False)
        return cls(
            id=user.id,
            display_name=user.display_name,
            profession=user.profession,
            is_verified=user.is_verified,
            is_pseudonym=getattr(user, "is_pseudonym", False),
        )
