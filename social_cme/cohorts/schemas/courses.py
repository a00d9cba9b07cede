"""The shape of cohorts, units, ticks and progress in the API. Rule: reflections go to their author alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self

from pydantic import Field

from social_cme.cohorts.enums import ItemKind, UnitState
from social_cme.cohorts.rules import limits
from social_cme.cohorts.schemas.shown import PersonOut, Shown
from social_cme.web.api import PageQuery, Schema


class CohortOut(Shown):
    """A cohort; ``starts_on`` and ``join_until`` are dates of ``time_zone``; a change names ``revision``."""

    id: int
    name: str
    summary_md: str
    summary_html: str
    starts_on: date
    weeks: int
    time_zone: str
    capacity: int | None
    join_until: date | None
    member_count: int
    published_at: datetime | None
    revision: int
    has_joined: bool

    @classmethod
    def of(cls, cohort: Any, *, has_joined: bool) -> Self:
        """Show a cohort to one person."""
        own = {name: getattr(cohort, name) for name in cls.model_fields if name != "has_joined"}
        return cls(**own, has_joined=has_joined)


class CohortList(Shown):
    """The cohorts of a room, the latest first."""

    items: list[CohortOut]


class ShareOut(Shown):
    """So many entries ticked off of so many; what is ticked is the learner's own word."""

    done: int
    total: int


class UnitLineOut(Shown):
    """A unit in the plan."""

    id: int
    title: str
    objectives: list[str]
    opens_at: datetime
    due_at: datetime
    state: UnitState
    share: ShareOut

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line of an outline."""
        unit = line.unit
        return cls(
            id=unit.id,
            title=unit.title,
            objectives=unit.objectives,
            opens_at=unit.opens_at,
            due_at=unit.due_at,
            state=line.state,
            share=ShareOut.model_validate(line.share),
        )


class ChallengeLineOut(Shown):
    """A challenge in the plan, with where the reader's team stands in it."""

    id: int
    title: str
    opens_at: datetime
    due_at: datetime
    feedback_at: datetime
    team_id: int | None
    submitted_at: datetime | None
    is_late: bool
    reviews_asked: int
    reviews_given: int

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line of an outline."""
        one = line.challenge
        own = ("submitted_at", "is_late", "reviews_asked", "reviews_given")
        return cls(
            **{name: getattr(one, name) for name in ("id", "title", "opens_at", "due_at", "feedback_at")},
            **{name: getattr(line, name) for name in own},
            team_id=line.team.id if line.team is not None else None,
        )


class StepOut(Shown):
    """What is due: ``unit:3`` to study, ``work:4`` to hand in, ``feedback:4`` to give."""

    key: str
    due_at: datetime
    is_overdue: bool


class OutlineOut(Shown):
    """A cohort as one person stands in it; what is due next comes first in ``steps``."""

    cohort: CohortOut
    units: list[UnitLineOut]
    challenges: list[ChallengeLineOut]
    steps: list[StepOut]

    @classmethod
    def of(cls, c: Any, outline: Any) -> Self:
        """Show an outline."""
        return cls(
            cohort=CohortOut.of(c.cohort, has_joined=c.is_in),
            units=[UnitLineOut.of(line) for line in outline.units],
            challenges=[ChallengeLineOut.of(line) for line in outline.challenges],
            steps=[StepOut.model_validate(step) for step in outline.steps],
        )


class ItemOut(Shown):
    """An entry of a self-study list with one's own tick; a session without ``session_id`` is to be scheduled."""

    id: int
    kind: ItemKind
    title: str
    citation: str
    url: str
    thread_id: int | None
    session_id: int | None
    minutes: int | None
    is_there: bool
    done_at: datetime | None
    reflection: str

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line of a list."""
        own = ("id", "kind", "title", "citation", "url", "minutes")
        item = line.item
        return cls(
            **{name: getattr(item, name) for name in own},
            thread_id=item.thread_id if line.is_there else None,
            session_id=item.session_id if line.is_there else None,
            is_there=line.is_there,
            done_at=line.tick.done_at if line.tick is not None else None,
            reflection=line.reflection,
        )


class UnitOut(Shown):
    """A unit with its text and list."""

    id: int
    cohort_id: int
    title: str
    objectives: list[str]
    body_md: str
    body_html: str
    opens_at: datetime
    due_at: datetime
    revision: int
    items: list[ItemOut]

    @classmethod
    def of(cls, unit: Any, lines: Sequence[Any]) -> Self:
        """Show a unit."""
        own = {name: getattr(unit, name) for name in cls.model_fields if name != "items"}
        return cls(**own, items=[ItemOut.of(line) for line in lines])


class MemberProgressOut(Shown):
    """A member's line of the table; completion alone, no reflections."""

    person: PersonOut
    joined_at: datetime
    left_at: datetime | None
    units: list[ShareOut]
    challenges: list[ChallengeLineOut]

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line of the table."""
        return cls(
            person=PersonOut.of(line.person),
            joined_at=line.member.joined_at,
            left_at=line.member.left_at,
            units=[ShareOut.model_validate(share) for share in line.shares],
            challenges=[ChallengeLineOut.of(one) for one in line.challenges],
        )


class ReflectionOut(Shown):
    """A sentence that a member wrote beside an entry."""

    item_id: int
    title: str
    reflection: str


class MemberDetailOut(Shown):
    """What one member has done; ``steps`` are one's own alone, ``reflections`` are ``null`` for who may not read them."""

    person: PersonOut
    joined_at: datetime
    left_at: datetime | None
    units: list[UnitLineOut]
    challenges: list[ChallengeLineOut]
    steps: list[StepOut]
    reflections: list[ReflectionOut] | None

    @classmethod
    def of(cls, seat: Any, person: Any, outline: Any, *, reflections: Any, is_own: bool) -> Self:
        """Show a member, with the lines whose reflections the reader may see."""
        return cls(
            person=PersonOut.of(person),
            joined_at=seat.joined_at,
            left_at=seat.left_at,
            units=[UnitLineOut.of(line) for line in outline.units],
            challenges=[ChallengeLineOut.of(line) for line in outline.challenges],
            steps=[StepOut.model_validate(step) for step in outline.steps] if is_own else [],
            reflections=None
            if reflections is None
            else [
                ReflectionOut(item_id=line.item.id, title=line.item.title, reflection=line.reflection)
                for line in reflections
            ],
        )


class ProgressPage(Shown):
    """A page of members by name; their ``units`` and ``challenges`` are in the order of the plan."""

    items: list[MemberProgressOut]
    next_cursor: str | None


class ProgressQuery(PageQuery):
    """How to page through the table."""


class TickBody(Schema):
    """A tick, with one sentence for oneself or without; left out, the sentence stays as it is."""

    reflection: str | None = Field(None, max_length=4 * limits.REFLECTION)
