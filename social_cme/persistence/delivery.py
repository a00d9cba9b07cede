"""Delivery of facts to listeners: at least once, in the order they were written, surviving crashes.

Rule: a listener's database work and the removal of its delivery row are one transaction; so a crash repeats nothing that
was committed, and a failing listener is retried without holding up the others.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from sqlalchemy import bindparam, delete, select, update

from social_cme.core import clock
from social_cme.extensions import db
from social_cme.persistence.facts import Fact, FactDelivery, FactRecord, listener_named, to_record
from social_cme.persistence.transaction import transaction

log = structlog.get_logger(__name__)

BATCH = 10
# Between two batches everybody else has a turn: SQLite never yields by itself, and after a storm of votes there are hundreds.
PAUSE = 0.005
LONGEST_PAUSE = timedelta(minutes=30)
_HEARD = (
    delete(FactDelivery).where(FactDelivery.id == bindparam("of_delivery")).execution_options(synchronize_session=False)
)


def deliver_pending(*, batches: int = 100) -> int:
    """Deliver due facts until none is left or *batches* are done; return how many were delivered."""
    total = 0
    for _ in range(batches):
        seen, delivered = _deliver_batch()
        total += delivered
        if seen < BATCH:
            break
        time.sleep(PAUSE)
    return total


def pending_count() -> int:
    """Return how many deliveries are waiting."""
    return db.session.query(FactDelivery.id).count()


def _deliver_batch() -> tuple[int, int]:
    with transaction() as tx:
        rows = tx.session.execute(
            select(FactDelivery, Fact)
            .join(Fact, Fact.id == FactDelivery.fact_id)
            .where(FactDelivery.due_at <= clock.now())
            .order_by(FactDelivery.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=FactDelivery)
        ).all()
        delivered = 0
        work = [(row[0].id, row[0].listener, row[0].attempts, to_record(row[1])) for row in rows]
        for delivery_id, listener, attempts, record in work:
            delivered += _deliver_one(delivery_id, listener, attempts, record)
    return len(work), delivered


def _deliver_one(delivery_id: int, listener_name: str, attempts: int, record: FactRecord) -> int:
    listener = listener_named(listener_name)
    with transaction() as tx:
        try:
            with tx.savepoint():
                if listener is not None:
                    listener.function(record)
                    tx.session.flush()
                tx.session.execute(_HEARD, {"of_delivery": delivery_id})
        except Exception as error:
            log.exception("listener_failed", listener=listener_name, fact_id=record.id, attempts=attempts + 1)
            pause = min(timedelta(seconds=5 * 2**attempts), LONGEST_PAUSE) if attempts < 20 else LONGEST_PAUSE
            tx.session.execute(
                update(FactDelivery)
                .where(FactDelivery.id == delivery_id)
                .values(attempts=attempts + 1, due_at=clock.now() + pause, last_error=repr(error)[:1000])
                .execution_options(synchronize_session=False)
            )
            return 0
    return 1
