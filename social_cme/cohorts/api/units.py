"""Planning units and their self-study lists over the REST API, for who runs the room."""

from __future__ import annotations

from dataclasses import replace

from social_cme.cohorts.api import bp
from social_cme.cohorts.api.courses import COHORT, ITEM, UNIT, WRITE, outline_out, unit_out
from social_cme.cohorts.api.planning import given, seen
from social_cme.cohorts.queries.courses import item_lines
from social_cme.cohorts.queries.door import open_cohort, open_item, open_unit
from social_cme.cohorts.schemas import planning as bodies
from social_cme.cohorts.schemas.courses import ItemOut, OutlineOut, UnitOut
from social_cme.cohorts.services import items, units
from social_cme.cohorts.services.plans import ItemPlan, UnitPlan, item_plan, unit_plan
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import endpoint


@endpoint(bp, f"{COHORT}/units", "POST", result=UnitOut, body=bodies.UnitBody, status=201, scope=WRITE, errors=(422,))
def add_unit(slug: str, cohort_id: int, body: bodies.UnitBody) -> UnitOut:
    """Add a unit at the end of the plan."""
    ctx = read_room(current_actor(), slug)
    made = units.add_unit(ctx, cohort_id, plan=UnitPlan(**given(body)), client_id=body.client_id)
    return unit_out(*open_unit(ctx, made.id))


@endpoint(bp, UNIT, "PATCH", result=UnitOut, body=bodies.UnitPatch, scope=WRITE, errors=(422,))
def edit_unit(slug: str, unit_id: int, body: bodies.UnitPatch) -> UnitOut:
    """Change a unit; what is left out stays as it is."""
    ctx = read_room(current_actor(), slug)
    c, one = open_unit(ctx, unit_id)
    plan = replace(unit_plan(one, c.cohort.time_zone), **given(body))
    units.edit_unit(ctx, unit_id, plan=plan, revision=seen(body.revision, one.revision))
    return unit_out(*open_unit(ctx, unit_id))


@endpoint(bp, f"{UNIT}/move", "POST", result=OutlineOut, body=bodies.MoveBody, scope=WRITE, errors=(422,))
def move_unit(slug: str, unit_id: int, body: bodies.MoveBody) -> OutlineOut:
    """Move a unit one place up or down, and get the plan in its order."""
    ctx = read_room(current_actor(), slug)
    unit = units.move_unit(ctx, unit_id, direction=body.direction)
    return outline_out(open_cohort(ctx, unit.cohort_id))


@endpoint(bp, UNIT, "DELETE", result=None, status=204, scope=WRITE)
def remove_unit(slug: str, unit_id: int) -> None:
    """Remove a unit of which nobody has ticked anything off."""
    units.remove_unit(read_room(current_actor(), slug), unit_id)


@endpoint(
    bp, f"{UNIT}/study-items", "POST", result=ItemOut, body=bodies.ItemBody, status=201, scope=WRITE, errors=(422,)
)
def add_item(slug: str, unit_id: int, body: bodies.ItemBody) -> ItemOut:
    """Add an entry at the end of a unit's list; threads and sessions are those of the room."""
    ctx = read_room(current_actor(), slug)
    made = items.add_item(ctx, unit_id, plan=ItemPlan(**given(body)), client_id=body.client_id)
    return _item_out(ctx, made.id)


@endpoint(bp, ITEM, "PATCH", result=ItemOut, body=bodies.ItemPatch, scope=WRITE, errors=(422,))
def edit_item(slug: str, item_id: int, body: bodies.ItemPatch) -> ItemOut:
    """Change an entry; what is left out stays as it is, and so do the ticks."""
    ctx = read_room(current_actor(), slug)
    one = open_item(ctx, item_id)[2]
    plan = replace(item_plan(one), **given(body, can_be_empty={"thread_id", "session_id", "minutes"}))
    items.edit_item(ctx, item_id, plan=plan)
    return _item_out(ctx, item_id)


@endpoint(bp, f"{ITEM}/move", "POST", result=UnitOut, body=bodies.MoveBody, scope=WRITE, errors=(422,))
def move_item(slug: str, item_id: int, body: bodies.MoveBody) -> UnitOut:
    """Move an entry one place up or down, and get the unit with its list in order."""
    ctx = read_room(current_actor(), slug)
    item = items.move_item(ctx, item_id, direction=body.direction)
    return unit_out(*open_unit(ctx, item.unit_id))


@endpoint(bp, ITEM, "DELETE", result=None, status=204, scope=WRITE)
def remove_item(slug: str, item_id: int) -> None:
    """Remove an entry that nobody has ticked off."""
    items.remove_item(read_room(current_actor(), slug), item_id)


def _item_out(ctx: RoomContext, item_id: int) -> ItemOut:
    c, unit, _item = open_item(ctx, item_id)
    lines = item_lines(c, [unit.id], user_id=c.room.actor_id if c.is_in else None)[unit.id]
    return ItemOut.of(next(line for line in lines if line.item.id == item_id))
