"""Planning a cohort: make it, change what is said of it, publish it."""

from __future__ import annotations

from sqlalchemy import update

from social_cme.cohorts import events
from social_cme.cohorts.models import Cohort
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.cohorts.queries.courses import list_units
from social_cme.cohorts.queries.door import open_cohort
from social_cme.cohorts.services.plans import CohortPlan, cohort_columns
from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext

CHANGED = "Somebody else changed this meanwhile. What you wrote is kept here; compare it with what is there now, then save again."


def create_cohort(ctx: RoomContext, *, plan: CohortPlan, client_id: str | None = None) -> Cohort:
    """Plan a term of the room; only coordinators see it until it is published."""
    with transaction() as tx:
        require(can_plan(ctx))
        claim = tx.claim(ctx.user.id, client_id, "cohort.create")
        if claim.object_id is not None:
            return open_cohort(ctx, claim.object_id).cohort
        cohort = Cohort(room_id=ctx.room_id, created_by_id=ctx.user.id, **cohort_columns(plan))
        tx.add(cohort)
        tx.record(events.CohortCreated(actor_id=ctx.user.id, room_id=ctx.room_id, cohort_id=cohort.id))
        claim.settle(cohort.id)
    return cohort


def edit_cohort(ctx: RoomContext, cohort_id: int, *, plan: CohortPlan, revision: int | None = None) -> Cohort:
    """Change what is said of a cohort; the times of its units stay. *revision* is the one the writer saw."""
    with transaction() as tx:
        c = manage_cohort(ctx, cohort_id)
        check_revision(c.cohort.revision, revision)
        for name, value in cohort_columns(plan, taken=c.cohort.member_count).items():
            setattr(c.cohort, name, value)
        c.cohort.revision += 1
        record_change(tx, c, "settings")
    return c.cohort


def publish_cohort(ctx: RoomContext, cohort_id: int) -> Cohort:
    """Show a cohort to the room, so that people can join; to publish it again changes nothing."""
    with transaction() as tx:
        c = manage_cohort(ctx, cohort_id)
        if c.cohort.published_at is not None:
            return c.cohort
        if not list_units(cohort_id):
            raise Conflict("Add the first unit before you publish the cohort; people join what they can see.")
        c.cohort.published_at = clock.now()
        counted = update(Room).where(Room.id == ctx.room_id).values(cohort_count=Room.cohort_count + 1)
        tx.session.execute(counted.execution_options(synchronize_session=False))
        tx.session.refresh(ctx.room, ["cohort_count"])
        record_change(tx, c, "published")
    return c.cohort


def manage_cohort(ctx: RoomContext, cohort_id: int) -> CohortContext:
    """Open a cohort, locked, for a change of its plan; raise ``Forbidden`` for everybody but those who plan it."""
    c = open_cohort(ctx, cohort_id, lock=True)
    require(can_plan(ctx))
    return c


def check_revision(present: int, seen: int | None) -> None:
    """Raise ``Conflict`` unless the writer saw what is there now; ``None`` means that the face does not ask."""
    if seen is not None and seen != present:
        raise Conflict(CHANGED)


def record_change(tx: Transaction, c: CohortContext, change: str) -> None:
    """Note that something about the cohort itself changed."""
    tx.record(
        events.CohortChanged(actor_id=c.room.user.id, room_id=c.room.room_id, cohort_id=c.cohort.id, change=change)
    )
