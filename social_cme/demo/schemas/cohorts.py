"""The shape of a cohort in the content files: units, a challenge, teams and what they wrote."""

from __future__ import annotations

from typing import Literal

from social_cme.demo.schemas.base import Content


class ItemText(Content):
    """An entry of a self-study list; ``thread`` and ``session`` name the content it leads to."""

    kind: Literal["reading", "video", "thread", "session"]
    title: str
    citation: str = ""
    doi: str = ""
    thread: str | None = None
    session: int | None = None
    minutes: int


class UnitText(Content):
    """A unit of a cohort, in the week in which it opens."""

    title: str
    week: int
    objectives: list[str]
    body: str
    item: list[ItemText]


class CriterionText(Content):
    """A criterion of a rubric with its levels as (name, words)."""

    name: str
    levels: list[tuple[str, str]]


class TeamText(Content):
    """A team with its work; after the due time when the hours are negative."""

    name: str
    people: list[str]
    writer: str
    hours_before_due: float
    body: str
    drafts: list[str] = []


class TeamCommentText(Content):
    """What a mentor says beside a team's work."""

    team: str
    author: str
    days_after_due: float
    body: str


class FeedbackText(Content):
    """What somebody's team says of the work that it was given to read; a level of each criterion."""

    author: str
    levels: list[int]
    days_after_due: float
    body: str


class ChallengeText(Content):
    """A group challenge with its rubric, its teams and what was said."""

    title: str
    brief: str
    reviews_each: int
    criterion: list[CriterionText]
    team: list[TeamText]
    comment: list[TeamCommentText] = []
    feedback: list[FeedbackText] = []


class TickText(Content):
    """How many entries of each unit somebody ticked off, with a few sentences."""

    person: str
    done: list[int]
    reflections: list[str] = []


class CohortText(Content):
    """A cohort in its third week."""

    room: str
    coordinator: str
    name: str
    weeks: int
    time_zone: str
    capacity: int
    summary: str
    members: list[str]
    unit: list[UnitText]
    challenge: ChallengeText
    tick: list[TickText]
