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
    """Who somebody is, as everybody in the room may know it; without an id for an account that was closed."""

    id: int | None
    display_name: str
    profession: str | None

    @classmethod
    def of(cls, user: Any) -> Self:
        """Show an account."""
        if user.state == "closed":
            return cls(id=None, display_name="Former member", profession=None)
        return cls(id=user.id, display_name=user.display_name, profession=user.profession)


class ReasonBody(ClientBody):
    """A reason that everybody can read."""

    reason: str = Field(min_length=1, max_length=rules.MAX_REASON)


class SessionCommand(Command):
    """A message about a session."""

    session_id: int = ID
