"""The entries of self-study lists."""

from __future__ import annotations

from typing import TypeGuard

from social_cme.cohorts.models import StudyItem
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.cohorts.queries.courses import find_session, find_thread, list_items
from social_cme.cohorts.queries.door import open_item
from social_cme.cohorts.rules import limits
from social_cme.cohorts.services.plans import ItemPlan, item_columns
from social_cme.cohorts.services.units import count_ticks, manage_unit, next_place, record_unit, swap
from social_cme.core.errors import Conflict
from social_cme.core.ids import MAX_ID
from social_cme.core.permissions import require
from social_cme.persistence.transaction import transaction
from social_cme.rooms.policies import RoomContext


def add_item(ctx: RoomContext, unit_id: int, *, plan: ItemPlan, client_id: str | None = None) -> StudyItem:
    """Add an entry at the end of a unit's list; threads and sessions are those of the room."""
    with transaction() as tx:
        c, unit = manage_unit(ctx, unit_id)
        claim = tx.claim(ctx.user.id, client_id, "study_item.add")
        if claim.object_id is not None:
            return open_item(ctx, claim.object_id)[2]
        present = list_items([unit_id])
        if len(present) >= limits.MOST_ITEMS:
            raise Conflict(f"A list can have up to {limits.MOST_ITEMS} entries.")
        item = StudyItem(cohort_id=c.cohort.id, unit_id=unit.id, position=next_place(present), **_columns(ctx, plan))
        tx.add(item)
        record_unit(tx, c, unit.id, "items")
        claim.settle(item.id)
    return item


def edit_item(ctx: RoomContext, item_id: int, *, plan: ItemPlan) -> StudyItem:
    """Change an entry; ticks stay, for they say that it was done as it was then."""
    with transaction() as tx:
        c, item = _manage_item(ctx, item_id)
        for name, value in _columns(ctx, plan).items():
            setattr(item, name, value)
        record_unit(tx, c, item.unit_id, "items")
    return item


def move_item(ctx: RoomContext, item_id: int, *, direction: str) -> StudyItem:
    """Move an entry one place up or down in its list; at the end nothing changes."""
    with transaction() as tx:
        c, item = _manage_item(ctx, item_id)
        if swap(list_items([item.unit_id]), item.id, direction=direction):
            record_unit(tx, c, item.unit_id, "items")
    return item


def remove_item(ctx: RoomContext, item_id: int) -> int:
    """Remove an entry that nobody has ticked off; return the id of its unit."""
    with transaction() as tx:
        c, item = _manage_item(ctx, item_id)
        if count_ticks(tx, item.id):
            raise Conflict("Members have ticked this entry off, so it stays. You can change it instead.")
        unit_id = item.unit_id
        tx.session.delete(item)
        record_unit(tx, c, unit_id, "items")
    return unit_id


def _manage_item(ctx: RoomContext, item_id: int) -> tuple[CohortContext, StudyItem]:
    c, _unit, item = open_item(ctx, item_id, lock=True)
    require(can_plan(ctx))
    return c, item


def _columns(ctx: RoomContext, plan: ItemPlan) -> dict[str, object]:
    thread = find_thread(ctx, plan.thread_id) if _is_id(plan.thread_id) else None
    session = find_session(ctx, plan.session_id) if _is_id(plan.session_id) else None
    return item_columns(
        plan,
        thread_title=thread.title if thread is not None else None,
        session_title=session.title if session is not None else None,
    )


def _is_id(number: int | None) -> TypeGuard[int]:
    return number is not None and 0 < number <= MAX_ID
