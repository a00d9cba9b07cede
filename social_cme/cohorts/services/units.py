"""The units of a cohort and the order of everything in lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import delete, exists, func, select

from social_cme.cohorts import events
from social_cme.cohorts.enums import Direction
from social_cme.cohorts.models import StudyItem, StudyTick, Unit
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.cohorts.queries.courses import list_units
from social_cme.cohorts.queries.door import open_unit
from social_cme.cohorts.rules import limits
from social_cme.cohorts.services.cohorts import check_revision, manage_cohort
from social_cme.cohorts.services.plans import UnitPlan, unit_columns
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


class Placed(Protocol):
    """Something that has a place in a list."""

    id: int
    position: int


def add_unit(ctx: RoomContext, cohort_id: int, *, plan: UnitPlan, client_id: str | None = None) -> Unit:
    """Add a unit at the end; raise ``Invalid`` with the fields that need another look."""
    with transaction() as tx:
        c = manage_cohort(ctx, cohort_id)
        claim = tx.claim(ctx.user.id, client_id, "unit.add")
        if claim.object_id is not None:
            return open_unit(ctx, claim.object_id)[1]
        present = list_units(cohort_id)
        if len(present) >= limits.MOST_UNITS:
            raise Conflict(f"A cohort can have up to {limits.MOST_UNITS} units.")
        unit = Unit(
            room_id=ctx.room_id, cohort_id=cohort_id, position=next_place(present), **unit_columns(plan, c.cohort)
        )
        tx.add(unit)
        record_unit(tx, c, unit.id, "added")
        claim.settle(unit.id)
    return unit


def edit_unit(ctx: RoomContext, unit_id: int, *, plan: UnitPlan, revision: int | None = None) -> Unit:
    """Change a unit; *revision* is the one the writer saw."""
    with transaction() as tx:
        c, unit = manage_unit(ctx, unit_id)
        check_revision(unit.revision, revision)
        for name, value in unit_columns(plan, c.cohort).items():
            setattr(unit, name, value)
        unit.revision += 1
        record_unit(tx, c, unit.id, "edited")
    return unit


def move_unit(ctx: RoomContext, unit_id: int, *, direction: str) -> Unit:
    """Move a unit one place up or down; at the end of the list nothing changes."""
    with transaction() as tx:
        c, unit = manage_unit(ctx, unit_id)
        if swap(list_units(c.cohort.id), unit.id, direction=direction):
            record_unit(tx, c, unit.id, "moved")
    return unit


def remove_unit(ctx: RoomContext, unit_id: int) -> CohortContext:
    """Remove a unit that nobody has begun; one with ticks stays, for they are somebody's record."""
    with transaction() as tx:
        c, _unit = manage_unit(ctx, unit_id)
        begun = exists().where(StudyTick.item_id == StudyItem.id, StudyItem.unit_id == unit_id)
        if tx.session.scalar(select(begun)):
            raise Conflict("Members have ticked off entries of this unit, so it stays. You can change it instead.")
        tx.session.execute(
            delete(StudyItem).where(StudyItem.unit_id == unit_id).execution_options(synchronize_session=False)
        )
        tx.session.execute(delete(Unit).where(Unit.id == unit_id).execution_options(synchronize_session=False))
        record_unit(tx, c, unit_id, "removed")
    return c


def manage_unit(ctx: RoomContext, unit_id: int) -> tuple[CohortContext, Unit]:
    """Open a unit, its cohort locked, for a change of the plan."""
    c, unit = open_unit(ctx, unit_id, lock=True)
    require(can_plan(ctx))
    return c, unit


def next_place(rows: Sequence[Placed]) -> int:
    """Return the place behind all *rows*."""
    return max((row.position for row in rows), default=0) + 1


def swap(rows: Sequence[Placed], row_id: int, *, direction: str) -> bool:
    """Exchange a row with its neighbor; *rows* are in their order. Tells whether anything moved."""
    if direction not in set(Direction):
        raise Invalid(fields={"direction": ["Choose up or down."]})
    place = next(at for at, row in enumerate(rows) if row.id == row_id)
    other = place + (1 if direction == Direction.DOWN else -1)
    if not 0 <= other < len(rows):
        return False
    order = list(rows)
    order[place], order[other] = order[other], order[place]
    for position, row in enumerate(order, start=1):
        row.position = position
    return True


def record_unit(tx: Transaction, c: CohortContext, unit_id: int, change: str) -> None:
    """Note that something about a unit changed."""
    tx.record(
        events.UnitChanged(
            actor_id=c.room.user.id, room_id=c.room.room_id, cohort_id=c.cohort.id, unit_id=unit_id, change=change
        )
    )


def count_ticks(tx: Transaction, item_id: int) -> int:
    """Return how many people have ever ticked an entry off."""
    return tx.session.scalar(select(func.count()).where(StudyTick.item_id == item_id)) or 0
