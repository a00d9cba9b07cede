"""What coordinators say about a cohort, a unit, an entry or a challenge, checked and made ready for storage.

Rule: every face passes what people typed; each wrong field is named, and wall clocks are those of the cohort's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import partial
from typing import Any

from social_cme.cohorts.enums import ItemKind
from social_cme.cohorts.models import Challenge, Cohort, StudyItem, Unit
from social_cme.cohorts.rules import dates, limits
from social_cme.cohorts.rules.links import checked_address
from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.live.services.texts import optional_text, required_line
from social_cme.web.markdown import render_markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPlan:
    """What is said of a cohort; ``starts_on`` and ``join_until`` are dates of ``time_zone``."""

    name: str
    starts_on: date
    weeks: int
    time_zone: str
    summary: str = ""
    capacity: int | None = None
    join_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPlan:
    """What is said of a unit; ``opens`` and ``due`` are naive wall clocks of the cohort's zone."""

    title: str
    opens: datetime
    due: datetime
    objectives: Sequence[str] = ()
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlan:
    """What is said of an entry of a self-study list; of kind ``session`` without one it is still to be scheduled."""

    kind: str
    title: str = ""
    citation: str = ""
    url: str = ""
    thread_id: int | None = None
    session_id: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengePlan:
    """What is said of a group challenge; the three times are naive wall clocks of the cohort's zone."""

    title: str
    brief: str
    opens: datetime
    due: datetime
    feedback: datetime
    reviews_each: int = 2


def cohort_plan(cohort: Cohort) -> CohortPlan:
    """Return what is said of a cohort now, as the beginning of a change or of a copy."""
    own = {one.name: getattr(cohort, one.name) for one in fields(CohortPlan) if one.name != "summary"}
    return CohortPlan(summary=cohort.summary_md, **own)


def unit_plan(unit: Unit, zone: str) -> UnitPlan:
    """Return what is said of a unit now, its times as wall clocks of *zone*."""
    return UnitPlan(
        title=unit.title,
        objectives=unit.objectives,
        opens=dates.wall(unit.opens_at, zone),
        due=dates.wall(unit.due_at, zone),
        body=unit.body_md,
    )


def item_plan(item: StudyItem) -> ItemPlan:
    """Return what is said of an entry now."""
    return ItemPlan(**{one.name: getattr(item, one.name) for one in fields(ItemPlan)})


def challenge_plan(challenge: Challenge, zone: str) -> ChallengePlan:
    """Return what is said of a challenge now, its times as wall clocks of *zone*."""
    return ChallengePlan(
        title=challenge.title,
        brief=challenge.brief_md,
        opens=dates.wall(challenge.opens_at, zone),
        due=dates.wall(challenge.due_at, zone),
        feedback=dates.wall(challenge.feedback_at, zone),
        reviews_each=challenge.reviews_each,
    )


class Findings:
    """Collects what is wrong, field by field, so that everything can be put right at once."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}

    def note(self, field: str, message: str, *, when: bool = True) -> None:
        """Note a problem with a field."""
        if when:
            self.fields.setdefault(field, []).append(message)

    def take(self, check: Callable[[], Any], default: Any = "") -> Any:
        """Return what *check* returns, or *default* with its problems noted."""
        try:
            return check()
        except Invalid as error:
            for field, messages in error.fields.items():
                self.fields.setdefault(field, []).extend(messages)
            return default

    def settle(self) -> None:
        """Raise ``Invalid`` when anything was noted."""
        if self.fields:
            raise Invalid("Some details need another look. What you wrote is kept.", fields=self.fields)


def cohort_columns(plan: CohortPlan, *, taken: int = 0) -> dict[str, Any]:
    """Return the columns of a cohort; *taken* is how many people have a place already."""
    found = Findings()
    name = found.take(lambda: required_line(plan.name, field="name", limit=limits.NAME, name="a name for the term"))
    summary = found.take(
        lambda: optional_text(plan.summary, field="summary", limit=limits.SUMMARY, name="the description")
    )
    found.note(
        "weeks", f"A cohort lasts 1 to {limits.MOST_WEEKS} weeks.", when=not 1 <= plan.weeks <= limits.MOST_WEEKS
    )
    found.note("time_zone", "Choose a time zone from the list.", when=not clock.is_time_zone(plan.time_zone))
    today = clock.now().date()
    far = not today - dates.FARTHEST <= plan.starts_on <= today + dates.FARTHEST
    found.note("starts_on", "Choose a start within three years of today.", when=far)
    if plan.capacity is not None and not 1 <= plan.capacity <= limits.MOST_CAPACITY:
        found.note("capacity", f"Places are a number from 1 to {limits.MOST_CAPACITY:,}, or none for no limit.")
    elif plan.capacity is not None and plan.capacity < taken:
        found.note("capacity", f"{taken} people have joined already.")
    if plan.join_until is not None and not found.fields:
        late = plan.join_until > dates.last_day(plan.starts_on, plan.weeks)
        found.note("join_until", "The last day to join must lie before the end of the cohort.", when=late)
    found.settle()
    return {
        "name": name,
        "summary_md": summary,
        "summary_html": render_markdown(summary),
        "starts_on": plan.starts_on,
        "weeks": plan.weeks,
        "time_zone": plan.time_zone,
        "capacity": plan.capacity,
        "join_until": plan.join_until,
    }


def unit_columns(plan: UnitPlan, cohort: Cohort) -> dict[str, Any]:
    """Return the columns of a unit of *cohort*."""
    found = Findings()
    title = found.take(lambda: required_line(plan.title, field="title", limit=limits.TITLE, name="a title"))
    body = found.take(lambda: optional_text(plan.body, field="body", limit=limits.BODY, name="the text"))
    objectives = [found.take(partial(_objective, line)) for line in plan.objectives if line.strip()]
    too_many = len(objectives) > limits.OBJECTIVES
    found.note("objectives", f"A unit can have up to {limits.OBJECTIVES} objectives.", when=too_many)
    moments = _moments(found, cohort, {"opens_at": plan.opens, "due_at": plan.due})
    if not found.fields:
        found.note("due_at", "A unit is due after it opens.", when=moments["due_at"] <= moments["opens_at"])
    found.settle()
    texts = {"title": title, "objectives": objectives, "body_md": body, "body_html": render_markdown(body)}
    return texts | moments


def challenge_columns(plan: ChallengePlan, cohort: Cohort) -> dict[str, Any]:
    """Return the columns of a group challenge of *cohort*."""
    found = Findings()
    title = found.take(lambda: required_line(plan.title, field="title", limit=limits.TITLE, name="a title"))
    brief = found.take(lambda: optional_text(plan.brief, field="brief", limit=limits.BRIEF, name="the task"))
    few = not 1 <= plan.reviews_each <= limits.MOST_REVIEWS
    found.note("reviews_each", f"Each team reads the work of 1 to {limits.MOST_REVIEWS} other teams.", when=few)
    walls = {"opens_at": plan.opens, "due_at": plan.due, "feedback_at": plan.feedback}
    moments = _moments(found, cohort, walls)
    if not found.fields:
        found.note(
            "due_at", "The work is due after the challenge opens.", when=moments["due_at"] <= moments["opens_at"]
        )
        early = moments["feedback_at"] <= moments["due_at"]
        found.note("feedback_at", "The feedback date comes after the work is due.", when=early)
    found.settle()
    texts = {"title": title, "brief_md": brief, "brief_html": render_markdown(brief), "reviews_each": plan.reviews_each}
    return texts | moments


def item_columns(plan: ItemPlan, *, thread_title: str | None, session_title: str | None) -> dict[str, Any]:
    """Return the columns of an entry; the titles are those of the thread and session that were found, ``None`` for none."""
    found = Findings()
    if plan.kind not in set(ItemKind):
        found.note("kind", "Choose what this entry is.")
        found.settle()
    kind = ItemKind(plan.kind)
    title = plan.title or (thread_title or "" if kind == ItemKind.THREAD else session_title or "")
    title = found.take(lambda: required_line(title, field="title", limit=limits.ITEM_TITLE, name="a title"))
    citation = found.take(lambda: _citation(plan.citation)) if kind == ItemKind.READING else ""
    url = _address(found, "url", plan.url) if kind in {ItemKind.READING, ItemKind.VIDEO} else ""
    if kind == ItemKind.READING and not found.fields:
        found.note("citation", "Give the citation, a web address, or both.", when=not citation and not url)
    found.note("url", "Give the address of the video.", when=kind == ItemKind.VIDEO and not plan.url.strip())
    gone = kind == ItemKind.THREAD and thread_title is None
    found.note("thread_id", "Choose a thread of this room.", when=gone)
    lost = kind == ItemKind.SESSION and plan.session_id is not None and session_title is None
    found.note("session_id", "Choose a session of this room, or none yet.", when=lost)
    if plan.minutes is not None and not 1 <= plan.minutes <= limits.MOST_MINUTES:
        found.note("minutes", f"The estimate is 1 to {limits.MOST_MINUTES} minutes, or empty.")
    found.settle()
    return {
        "kind": str(kind),
        "title": title,
        "citation": citation,
        "url": url,
        "thread_id": plan.thread_id if kind == ItemKind.THREAD else None,
        "session_id": plan.session_id if kind == ItemKind.SESSION else None,
        "minutes": plan.minutes,
    }


def address_of(value: str, *, field: str) -> str:
    """Return a checked web address, empty for none; raise ``Invalid`` for the field."""
    try:
        return checked_address(value)
    except ValueError as error:
        raise Invalid(str(error), fields={field: [str(error)]}) from error


def _address(found: Findings, field: str, value: str) -> str:
    address: str = found.take(lambda: address_of(value, field=field))
    return address


def _objective(line: str) -> str:
    return required_line(line, field="objectives", limit=limits.OBJECTIVE, name="an objective")


def _citation(text: str) -> str:
    line = " ".join(text.split())
    return optional_text(line, field="citation", limit=limits.CITATION, name="the citation")


def _moments(found: Findings, cohort: Cohort, walls: dict[str, datetime]) -> dict[str, datetime]:
    moments: dict[str, datetime] = {}
    for field, wall in walls.items():
        if wall.tzinfo is not None:
            found.note(field, "Give the time as a wall clock, without an offset.")
        elif not dates.is_within(cohort.starts_on, cohort.weeks, wall):
            found.note(field, "Choose a time between the start of the cohort and eight weeks after its end.")
        else:
            moments[field] = clock.local_to_utc(wall, cohort.time_zone)
    return moments
