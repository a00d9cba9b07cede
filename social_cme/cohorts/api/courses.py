"""Cohorts, units, ticks and progress over the REST API."""

from __future__ import annotations

from social_cme.cohorts.api import bp
from social_cme.cohorts.models import Unit
from social_cme.cohorts.policies import CohortContext, can_read_unit
from social_cme.cohorts.queries.courses import item_lines, joined_among, list_cohorts
from social_cme.cohorts.queries.door import open_cohort, open_item, open_unit
from social_cme.cohorts.queries.progress import find_member, find_outline, find_reflections, find_table
from social_cme.cohorts.schemas import courses as schemas
from social_cme.cohorts.services import joining, study
from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import ApiScope, endpoint

COHORTS = "/rooms/<slug:slug>/cohorts"
COHORT = f"{COHORTS}/<id:cohort_id>"
UNIT = "/rooms/<slug:slug>/units/<id:unit_id>"
ITEM = "/rooms/<slug:slug>/study-items/<id:item_id>"
WRITE = ApiScope.WRITE


@endpoint(bp, COHORTS, "GET", result=schemas.CohortList, public=True)
def list_all(slug: str) -> schemas.CohortList:
    """List the cohorts of a room, the latest first."""
    ctx = read_room(current_actor(), slug)
    found = list_cohorts(ctx)
    joined = joined_among(ctx.actor_id, [one.id for one in found])
    return schemas.CohortList(items=[schemas.CohortOut.of(one, has_joined=one.id in joined) for one in found])


@endpoint(bp, COHORT, "GET", result=schemas.OutlineOut, public=True)
def show_cohort(slug: str, cohort_id: int) -> schemas.OutlineOut:
    """Show a cohort with its plan, one's own progress and what is due next."""
    return outline_out(open_cohort(read_room(current_actor(), slug), cohort_id))


@endpoint(bp, f"{COHORT}/membership", "PUT", result=schemas.CohortOut, scope=WRITE)
def join_cohort(slug: str, cohort_id: int) -> schemas.CohortOut:
    """Join a cohort; joining twice changes nothing."""
    c = joining.join_cohort(read_room(current_actor(), slug), cohort_id)
    return schemas.CohortOut.of(c.cohort, has_joined=True)


@endpoint(bp, f"{COHORT}/membership", "DELETE", result=None, status=204, scope=WRITE)
def leave_cohort(slug: str, cohort_id: int) -> None:
    """Leave a cohort; what was done is kept."""
    joining.leave_cohort(read_room(current_actor(), slug), cohort_id)


@endpoint(bp, f"{COHORT}/progress", "GET", result=schemas.ProgressPage, query=schemas.ProgressQuery)
def list_progress(slug: str, cohort_id: int, query: schemas.ProgressQuery) -> schemas.ProgressPage:
    """List what each member has done, for those who guide or run the room."""
    c = open_cohort(read_room(current_actor(), slug), cohort_id)
    page = find_table(c, cursor=query.cursor, limit=query.limit).page
    items = [schemas.MemberProgressOut.of(line) for line in page.items]
    return schemas.ProgressPage(items=items, next_cursor=page.next_cursor)


@endpoint(bp, f"{COHORT}/progress/<id:user_id>", "GET", result=schemas.MemberDetailOut)
def show_member(slug: str, cohort_id: int, user_id: int) -> schemas.MemberDetailOut:
    """Show what one member has done: to the member, with what is due next, and to those who guide or run the room."""
    c = open_cohort(read_room(current_actor(), slug), cohort_id)
    seat, person = find_member(c, user_id)
    return schemas.MemberDetailOut.of(
        seat,
        person,
        find_outline(c, user_id),
        reflections=find_reflections(c, user_id),
        is_own=c.room.actor_id == user_id,
    )


@endpoint(bp, UNIT, "GET", result=schemas.UnitOut)
def show_unit(slug: str, unit_id: int) -> schemas.UnitOut:
    """Show a unit that is open, with its list and one's own ticks."""
    c, unit = open_unit(read_room(current_actor(), slug), unit_id)
    return unit_out(c, unit)


@endpoint(bp, f"{ITEM}/tick", "PUT", result=schemas.UnitOut, body=schemas.TickBody, scope=WRITE, errors=(422,))
def tick_item(slug: str, item_id: int, body: schemas.TickBody) -> schemas.UnitOut:
    """Tick an entry off, with one sentence or without; doing it again only changes the sentence."""
    ctx = read_room(current_actor(), slug)
    study.tick_item(ctx, item_id, reflection=body.reflection)
    c, unit, _item = open_item(ctx, item_id)
    return unit_out(c, unit)


@endpoint(bp, f"{ITEM}/tick", "DELETE", result=schemas.UnitOut, scope=WRITE)
def untick_item(slug: str, item_id: int) -> schemas.UnitOut:
    """Take a tick back; the sentence stays."""
    ctx = read_room(current_actor(), slug)
    study.untick_item(ctx, item_id)
    c, unit, _item = open_item(ctx, item_id)
    return unit_out(c, unit)


def outline_out(c: CohortContext) -> schemas.OutlineOut:
    """Show the plan, with the own progress of who takes part."""
    return schemas.OutlineOut.of(c, find_outline(c, c.room.actor_id if c.is_in else None))


def unit_out(c: CohortContext, unit: Unit) -> schemas.UnitOut:
    """Show a unit to somebody who may read it, with the own ticks."""
    require(can_read_unit(c, unit, clock.now()))
    lines = item_lines(c, [unit.id], user_id=c.room.actor_id if c.is_in else None)
    return schemas.UnitOut.of(unit, lines[unit.id])
