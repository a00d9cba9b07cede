"""Copying a cohort for the next term: the plan without the people.

Rule: every date moves by whole weeks, on the wall clock of the cohort's zone, so a Monday at nine stays a Monday at nine on both
sides of a change of clocks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from social_cme.cohorts import events
from social_cme.cohorts.models import Challenge, Cohort, Criterion, StudyItem, Unit
from social_cme.cohorts.policies import CohortContext
from social_cme.cohorts.queries.challenges import list_challenges
from social_cme.cohorts.queries.courses import list_items, list_units
from social_cme.cohorts.queries.door import open_cohort
from social_cme.cohorts.rules.dates import moved_wall, whole_weeks_between
from social_cme.cohorts.services.cohorts import manage_cohort
from social_cme.cohorts.services.plans import cohort_columns, cohort_plan
from social_cme.core import clock
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

_UNIT = ("position", "title", "objectives", "body_md", "body_html")
_ITEM = ("position", "kind", "title", "citation", "url", "thread_id", "minutes")
_CHALLENGE = ("title", "brief_md", "brief_html", "reviews_each")


def copy_cohort(
    ctx: RoomContext, cohort_id: int, *, name: str, starts_on: date, client_id: str | None = None
) -> Cohort:
    """Copy units, self-study lists, challenges and rubrics to a new plan that begins on *starts_on*.

    Members, teams and work are not copied. Links to threads stay; a live session of the old term becomes an entry that is to
    be scheduled. The copy is not published.
    """
    with transaction() as tx:
        c = manage_cohort(ctx, cohort_id)
        claim = tx.claim(ctx.user.id, client_id, "cohort.copy")
        if claim.object_id is not None:
            return open_cohort(ctx, claim.object_id).cohort
        old = c.cohort
        plan = replace(cohort_plan(old), name=name, starts_on=starts_on, join_until=None)
        weeks = whole_weeks_between(old.starts_on, starts_on)
        columns = cohort_columns(plan)
        if old.join_until is not None:
            columns["join_until"] = old.join_until + (starts_on - old.starts_on)
        new = Cohort(room_id=ctx.room_id, created_by_id=ctx.user.id, copied_from_id=old.id, **columns)
        tx.add(new)
        _copy_units(tx, c, new, weeks)
        _copy_challenges(tx, c, new, weeks)
        tx.record(
            events.CohortCreated(actor_id=ctx.user.id, room_id=ctx.room_id, cohort_id=new.id, copied_from_id=old.id)
        )
        claim.settle(new.id)
    return new


def _copy_units(tx: Transaction, c: CohortContext, new: Cohort, weeks: int) -> None:
    units = list_units(c.cohort.id)
    lists: dict[int, list[StudyItem]] = defaultdict(list)
    for item in list_items([unit.id for unit in units]):
        lists[item.unit_id].append(item)
    for unit in units:
        times = {field: _moved(getattr(unit, field), new, weeks) for field in ("opens_at", "due_at")}
        copy = Unit(room_id=new.room_id, cohort_id=new.id, **_values(unit, _UNIT), **times)
        tx.add(copy)
        for item in lists[unit.id]:
            tx.session.add(StudyItem(cohort_id=new.id, unit_id=copy.id, session_id=None, **_values(item, _ITEM)))
    tx.session.flush()


def _copy_challenges(tx: Transaction, c: CohortContext, new: Cohort, weeks: int) -> None:
    challenges = list_challenges(c.cohort.id)
    statement = select(Criterion).where(Criterion.challenge_id.in_([one.id for one in challenges]))
    rubrics: dict[int, list[Criterion]] = defaultdict(list)
    for criterion in tx.session.scalars(statement.order_by(Criterion.position)):
        rubrics[criterion.challenge_id].append(criterion)
    for challenge in challenges:
        fields = ("opens_at", "due_at", "feedback_at")
        times = {field: _moved(getattr(challenge, field), new, weeks) for field in fields}
        copy = Challenge(room_id=new.room_id, cohort_id=new.id, **_values(challenge, _CHALLENGE), **times)
        tx.add(copy)
        for one in rubrics[challenge.id]:
            tx.session.add(
                Criterion(challenge_id=copy.id, position=one.position, name=one.name, levels=list(one.levels))
            )
    tx.session.flush()


def _moved(moment: datetime, new: Cohort, weeks: int) -> datetime:
    return clock.local_to_utc(moved_wall(moment, new.time_zone, weeks), new.time_zone)


def _values(row: Unit | StudyItem | Challenge, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}
