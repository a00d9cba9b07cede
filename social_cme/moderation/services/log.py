"""The log of measures: who did what to what, when, and why.

Rule: an entry is written in the transaction of what it tells, or from its fact for what is done in discussions; it is never
changed or removed.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.moderation.enums import Measure
from social_cme.moderation.models import LogEntry
from social_cme.moderation.services.targets import Target
from social_cme.persistence.transaction import transaction


def write_log(
    *,
    room_id: int,
    actor_id: int,
    measure: Measure,
    target: Target,
    reason: str = "",
    fact_id: int | None = None,
) -> None:
    """Add an entry to the log of a room; for a fact that was entered before, nothing."""
    with transaction() as tx:
        if fact_id is not None and tx.session.scalar(select(LogEntry.id).filter_by(fact_id=fact_id)) is not None:
            return
        tx.add(
            LogEntry(
                room_id=room_id,
                actor_id=actor_id,
                action=measure.value,
                target=target.kind.value,
                target_id=target.id,
                thread_id=target.thread.id,
                subject_id=target.subject_id,
                reason=reason,
                fact_id=fact_id,
            )
        )
