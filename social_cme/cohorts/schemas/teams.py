"""The shape of making teams in the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from pydantic import Field

from social_cme.cohorts.rules import limits
from social_cme.cohorts.schemas.challenges import TeamOut
from social_cme.cohorts.schemas.planning import Id
from social_cme.cohorts.schemas.shown import PersonOut, Shown
from social_cme.web.api import Schema


class TeamList(Shown):
    """The teams of a challenge, and the members of the cohort who are in none of them."""

    items: list[TeamOut]
    without_team: list[PersonOut]

    @classmethod
    def of(cls, lines: Iterable[Any], waiting: Iterable[Any]) -> Self:
        """Show teams to who makes them."""
        return cls(
            items=[TeamOut.of(line) for line in lines],
            without_team=[PersonOut.of(member.user) for member in waiting],
        )


class BalanceBody(Schema):
    """How many teams to make of everybody."""

    count: int = Field(ge=1, le=limits.MOST_TEAMS)


class TeamBody(Schema):
    """A team's name, unlike those of the challenge's other teams."""

    name: str = Field(max_length=4 * limits.TEAM_NAME)


class PlaceBody(Schema):
    """The team of the challenge that somebody goes to."""

    team_id: Id
