"""The shape of plans in the API: cohorts, units, entries, challenges and rubrics as coordinators write them.

Times are wall clocks of the cohort's zone, without an offset. ``revision`` is the one that the writer saw: 409 when there is a
newer one. A change names what is to be changed; what is left out stays as it is.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, NaiveDatetime, field_validator

from social_cme.cohorts.enums import Direction, ItemKind
from social_cme.cohorts.rules import limits
from social_cme.core.ids import MAX_ID
from social_cme.web.api import ClientBody, Schema

Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Revision = Annotated[int, Field(ge=0, lt=2**31)]
Weeks = Annotated[int, Field(ge=1, le=limits.MOST_WEEKS)]
Places = Annotated[int, Field(ge=1, le=limits.MOST_CAPACITY)]
Minutes = Annotated[int, Field(ge=1, le=limits.MOST_MINUTES)]
Reviews = Annotated[int, Field(ge=1, le=limits.MOST_REVIEWS)]
Objectives = Annotated[
    list[Annotated[str, Field(max_length=4 * limits.OBJECTIVE)]], Field(max_length=4 * limits.OBJECTIVES)
]
Level = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=4 * limits.LEVEL_WORDS)]], Field(min_length=2, max_length=2)
]


class CohortBody(ClientBody):
    """A cohort to be planned; ``starts_on`` and ``join_until`` are dates of ``time_zone``."""

    name: str = Field(max_length=4 * limits.NAME)
    summary: str = Field("", max_length=4 * limits.SUMMARY)
    starts_on: date
    weeks: Weeks
    time_zone: str = Field(max_length=60)
    capacity: Places | None = None
    join_until: date | None = None


class CohortPatch(Schema):
    """Changes of a cohort; ``null`` takes the limit of places or the last day to join away. Times of units stay."""

    name: str | None = Field(None, max_length=4 * limits.NAME)
    summary: str | None = Field(None, max_length=4 * limits.SUMMARY)
    starts_on: date | None = None
    weeks: Weeks | None = None
    time_zone: str | None = Field(None, max_length=60)
    capacity: Places | None = None
    join_until: date | None = None
    revision: Revision | None = None


class CopyBody(ClientBody):
    """The name and the first day of the next term."""

    name: str = Field(max_length=4 * limits.NAME)
    starts_on: date


class UnitBody(ClientBody):
    """A unit to be added at the end of the plan."""

    title: str = Field(max_length=4 * limits.TITLE)
    objectives: Objectives = []
    opens_at: NaiveDatetime
    due_at: NaiveDatetime
    body: str = Field("", max_length=4 * limits.BODY)


class UnitPatch(Schema):
    """Changes of a unit."""

    title: str | None = Field(None, max_length=4 * limits.TITLE)
    objectives: Objectives | None = None
    opens_at: NaiveDatetime | None = None
    due_at: NaiveDatetime | None = None
    body: str | None = Field(None, max_length=4 * limits.BODY)
    revision: Revision | None = None


class MoveBody(Schema):
    """Which way something goes by one place; at the end of its list nothing changes."""

    direction: Direction


class ItemBody(ClientBody):
    """An entry for a self-study list. A thread or session gives its title where none is sent.

    A reading has a citation or ``url``, a video its ``url``, a thread its ``thread_id``; a session without ``session_id`` is to
    be scheduled.
    """

    kind: ItemKind
    title: str = Field("", max_length=4 * limits.ITEM_TITLE)
    citation: str = Field("", max_length=4 * limits.CITATION)
    url: str = Field("", max_length=4 * limits.URL)
    thread_id: Id | None = None
    session_id: Id | None = None
    minutes: Minutes | None = None


class ItemPatch(Schema):
    """Changes of an entry; ``null`` takes the thread, the session or the minutes away."""

    kind: ItemKind | None = None
    title: str | None = Field(None, max_length=4 * limits.ITEM_TITLE)
    citation: str | None = Field(None, max_length=4 * limits.CITATION)
    url: str | None = Field(None, max_length=4 * limits.URL)
    thread_id: Id | None = None
    session_id: Id | None = None
    minutes: Minutes | None = None


class ChallengeBody(ClientBody):
    """A group challenge to be added; each team reads the work of ``reviews_each`` others."""

    title: str = Field(max_length=4 * limits.TITLE)
    brief: str = Field("", max_length=4 * limits.BRIEF)
    opens_at: NaiveDatetime
    due_at: NaiveDatetime
    feedback_at: NaiveDatetime
    reviews_each: Reviews = 2


class ChallengePatch(Schema):
    """Changes of a challenge."""

    title: str | None = Field(None, max_length=4 * limits.TITLE)
    brief: str | None = Field(None, max_length=4 * limits.BRIEF)
    opens_at: NaiveDatetime | None = None
    due_at: NaiveDatetime | None = None
    feedback_at: NaiveDatetime | None = None
    reviews_each: Reviews | None = None
    revision: Revision | None = None


class CriterionBody(Schema):
    """A criterion with its levels, each a name and words, the first the least developed."""

    name: str = Field(max_length=4 * limits.CRITERION)
    levels: list[Level] = Field(min_length=limits.FEWEST_LEVELS, max_length=limits.MOST_LEVELS)

    @field_validator("levels")
    @classmethod
    def _names_end_at_the_colon(cls, levels: list[Level]) -> list[Level]:
        if any(":" in name for name, _words in levels):
            raise ValueError("The name of a level has no colon.")
        return levels


class RubricBody(Schema):
    """The whole rubric; an empty list takes it away. A refusal names ``criterion_1`` and ``levels_1`` for the first."""

    criteria: list[CriterionBody] = Field(max_length=limits.MOST_CRITERIA)
