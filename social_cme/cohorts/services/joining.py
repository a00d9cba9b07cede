"""Joining a cohort and leaving it. Rule: places are counted in the database, so that the last one is given away once."""

from __future__ import annotations

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from social_cme.cohorts import events
from social_cme.cohorts.models import Cohort, CohortMember
from social_cme.cohorts.policies import CohortContext, can_join
from social_cme.cohorts.queries.door import open_cohort
from social_cme.cohorts.rules.dates import day_at
from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def join_cohort(ctx: RoomContext, cohort_id: int) -> CohortContext:
    """Take part from now on; who comes back finds everything as they left it. Joining twice changes nothing."""
    with transaction() as tx:
        c = open_cohort(ctx, cohort_id, lock=True)
        if c.is_in:
            return c
        moment = clock.now()
        require(can_join(c, day_at(moment, c.cohort.time_zone)))
        _take_place(tx, c.cohort)
        if c.seat is None:
            _seat(tx, c.cohort.id, ctx.user.id)
        elif c.seat.left_at is not None:
            c.seat.joined_at, c.seat.left_at = moment, None
        tx.record(
            events.CohortJoined(actor_id=ctx.user.id, room_id=ctx.room_id, cohort_id=cohort_id, user_id=ctx.user.id)
        )
        tx.session.flush()
        return open_cohort(ctx, cohort_id)


def leave_cohort(ctx: RoomContext, cohort_id: int) -> CohortContext:
    """Take part no more; ticks, reflections and the team's work stay. Leaving twice changes nothing."""
    with transaction() as tx:
        c = open_cohort(ctx, cohort_id, lock=True)
        if c.seat is None or c.seat.left_at is not None:
            return c
        c.seat.left_at = clock.now()
        freed = update(Cohort).where(Cohort.id == cohort_id).values(member_count=Cohort.member_count - 1)
        tx.session.execute(freed.execution_options(synchronize_session=False))
        tx.session.refresh(c.cohort, ["member_count"])
        tx.record(
            events.CohortLeft(actor_id=ctx.user.id, room_id=ctx.room_id, cohort_id=cohort_id, user_id=ctx.user.id)
        )
        return c


def _take_place(tx: Transaction, cohort: Cohort) -> None:
    free = or_(Cohort.capacity.is_(None), Cohort.member_count < Cohort.capacity)
    statement = update(Cohort).where(Cohort.id == cohort.id, free).values(member_count=Cohort.member_count + 1)
    taken = tx.session.scalar(statement.returning(Cohort.member_count).execution_options(synchronize_session=False))
    if taken is None:
        raise Conflict("Every place in this cohort is taken. Ask the room's coordinators about the next one.")
    tx.session.refresh(cohort, ["member_count"])


def _seat(tx: Transaction, cohort_id: int, user_id: int) -> None:
    try:
        with tx.savepoint():
            tx.add(CohortMember(cohort_id=cohort_id, user_id=user_id, joined_at=clock.now()))
    except IntegrityError as error:
        raise Conflict("You joined in another window at the same moment. Open the cohort's page again.") from error
