"""Shapes of how the queue and the chat of a session are run."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field

from social_cme.live import rules
from social_cme.live.schemas.base import SessionCommand, Shown
from social_cme.web.api import ClientBody

Label = Annotated[str, Field(min_length=1, max_length=rules.MAX_LABEL)]


class OptionsOut(Shown):
    """What holds in a session now."""

    approve_first: bool = Field(description="Questions wait until who leads approves them.")
    allow_pseudonyms: bool
    slow_seconds: int = Field(description="Seconds that a person waits between two lines of chat; 0 for none.")
    labels: list[str] = Field(description="What questions of this session can be labelled with.")

    @classmethod
    def of(cls, options: Any) -> Self:
        """Show what holds."""
        return cls.model_validate(
            {name: getattr(options, name) for name in cls.model_fields} | {"labels": list(options.labels)}
        )


class OptionsBody(ClientBody):
    """What is to hold from now on; what is left out stays as it is."""

    approve_first: bool | None = None
    allow_pseudonyms: bool | None = None
    slow_seconds: int | None = Field(None, ge=0, le=rules.MAX_SLOW_SECONDS)
    labels: list[Label] | None = Field(None, max_length=rules.MAX_LABELS)


class ChangeOptions(SessionCommand):
    """Change how the queue and the chat are run; what is left out stays as it is. Only for who leads."""

    approve_first: bool | None = None
    allow_pseudonyms: bool | None = None
    slow_seconds: int | None = Field(None, ge=0, le=rules.MAX_SLOW_SECONDS)
    labels: list[Label] | None = Field(None, max_length=rules.MAX_LABELS)
