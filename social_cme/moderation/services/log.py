"""The log of measures: who did what to what, when, and why.

Rule: an entry is written in the transaction of what it tells, and never changed or removed.
"""

from __future__ import annotations

from social_cme.moderation.enums import Measure
from social_cme.moderation.models import LogEntry
from social_cme.moderation.services.targets import Target
from social_cme.persistence.transaction import transaction


def write_log(*, room_id: int, actor_id: int, measure: Measure, target: Target, reason: str = "") -> None:
    """Add an entry to the log of a room."""
    with transaction() as tx:
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
            )
        )
