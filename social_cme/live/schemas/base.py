"""What the shapes of live sessions share."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from social_cme.live import rules
from social_cme.realtime.messages import Command
from social_cme.web.api import ClientBody

Id = int
ID = Field(ge=1, lt=2**53)


class Shown(BaseModel):
    """Base of what is shown."""

    model_config = ConfigDict(from_attributes=True)


class PersonOut(Shown):
    """Who somebody is, as everybody in the room may know it; without an id for a pseudonym, or when the account was closed."""

    id: int | None
    display_name: str = Field(description="The name, or the line of a pseudonym.")
    profession: str | None
    is_verified: bool = False
    is_pseudonym: bool = False

    @classmethod
    def of(cls, user: Any) -> Self:
        """Show an account, or an author who may stand under a pseudonym."""
        if user.state == "closed":
            return cls(id=None, display_name="Former member", profession=None)
        return cls(
            id=user.id,
            display_name=user.display_name,
            profession=user.profession,
            is_verified=user.is_verified,
            is_pseudonym=getattr(user, "is_pseudonym", False),
        )


class ReasonBody(ClientBody):
    """A reason that everybody can read."""

    reason: str = Field(min_length=1, max_length=rules.MAX_REASON)


class SessionCommand(Command):
    """A message about a session."""

    session_id: int = ID
