"""Tells a room's mentors what waits too long, and its coordinators what waits twice as long.

Rule: each is told once for each thread; which people that are is decided by those who deliver the news.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from social_cme.core import clock
from social_cme.discussions.enums import EscalationLevel
from social_cme.discussions.events import ThreadEscalated
from social_cme.discussions.models import Escalation, Thread
from social_cme.discussions.queries.waiting import list_overdue, waits_for_an_answer
from social_cme.discussions.rules.escalation import due_levels, waited
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room


def escalate_overdue() -> int:
    """Tell of everything that is overdue now and was not told of before; return how many threads that were.

    Every thread has a transaction of its own, so nobody who writes meanwhile waits long.
    """
    moment = clock.now()
    overdue = list_overdue(moment)
    db.session.rollback()
    return sum(_escalate(thread_id, moment) for thread_id in overdue)


def _escalate(thread_id: int, moment: datetime) -> bool:
    with transaction() as tx:
        # Asked again under the lock: somebody may have answered, or another process may have told of it.
        found = tx.session.execute(
            select(Thread.room_id, Thread.created_at, Thread.answer_due_at, Room.escalation_hours)
            .join(Room, Room.id == Thread.room_id)
            .where(Thread.id == thread_id, *waits_for_an_answer())
            .with_for_update(of=Thread, key_share=True)
        ).one_or_none()
        if found is None:
            return False
        row = tx.session.scalar(select(Escalation).filter_by(thread_id=thread_id))
        levels = due_levels(
            waited(found.created_at, found.answer_due_at, found.escalation_hours, moment),
            found.escalation_hours,
            mentors_told=row is not None,
            coordinators_told=row is not None and row.coordinators_told_at is not None,
        )
        if not levels:
            return False
        if row is None:
            row = Escalation(thread_id=thread_id, mentors_told_at=moment)
            tx.add(row)
        if EscalationLevel.COORDINATORS in levels:
            row.coordinators_told_at = moment
        for level in levels:
            tx.record(ThreadEscalated(actor_id=None, room_id=found.room_id, thread_id=thread_id, level=level.value))
        return True
