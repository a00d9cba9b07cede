"""Telling members in time: a unit is open, work is due in two days.

Rule: the row remembers that it was told, in the same transaction as the fact; so each is told once, however often this runs.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import InstrumentedAttribute

from social_cme.cohorts import events
from social_cme.cohorts.models import Challenge, Cohort, Unit
from social_cme.cohorts.rules.states import DUE_SOON
from social_cme.core import clock
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room

# Whoever publishes a cohort in the middle of its term does not send everybody the news of weeks ago.
STALE = timedelta(days=2)
BATCH = 200


def tell_openings() -> int:
    """Record that units have opened; returns how many were told."""
    moment = clock.now()
    with transaction() as tx:
        statement = (
            update(Unit)
            .where(
                Unit.id.in_(
                    select(Unit.id)
                    .where(Unit.opening_told_at.is_(None), Unit.opens_at <= moment, _is_running(Unit.cohort_id))
                    .order_by(Unit.opens_at)
                    .limit(BATCH)
                ),
                Unit.opening_told_at.is_(None),
            )
            .values(opening_told_at=moment)
            .returning(Unit.id, Unit.cohort_id, Unit.room_id, Unit.opens_at)
        )
        rows = tx.session.execute(statement.execution_options(synchronize_session=False)).all()
        fresh = [row for row in rows if row.opens_at > moment - STALE]
        for row in fresh:
            tx.record(events.UnitOpened(actor_id=None, room_id=row.room_id, cohort_id=row.cohort_id, unit_id=row.id))
    return len(fresh)


def tell_due_soon() -> int:
    """Record that challenges are due within two days; returns how many were told."""
    moment = clock.now()
    with transaction() as tx:
        statement = (
            update(Challenge)
            .where(
                Challenge.due_told_at.is_(None),
                Challenge.due_at > moment,
                Challenge.due_at <= moment + DUE_SOON,
                Challenge.opens_at <= moment,
                _is_running(Challenge.cohort_id),
            )
            .values(due_told_at=moment)
            .returning(Challenge.id, Challenge.cohort_id, Challenge.room_id)
        )
        rows = tx.session.execute(statement.execution_options(synchronize_session=False)).all()
        for row in rows:
            tx.record(
                events.ChallengeDueSoon(
                    actor_id=None, room_id=row.room_id, cohort_id=row.cohort_id, challenge_id=row.id
                )
            )
    return len(rows)


def _is_running(cohort_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return exists().where(
        Cohort.id == cohort_id,
        Cohort.published_at.is_not(None),
        Room.id == Cohort.room_id,
        Room.is_archived.is_(False),
    )
