"""Endorsements lapse by themselves: when their review date has passed, and when a paper behind them is retracted.

Rule: nobody acts, so nobody's permission is asked; the facts name no actor. Each answer is a transaction of its own, in which
everything is looked at again, so a mentor who renews at that moment wins or loses cleanly.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, select

from social_cme.core import clock
from social_cme.discussions.enums import LapseReason
from social_cme.discussions.events import EndorsementLapsed, EndorsementReviewDue
from social_cme.discussions.models import Endorsement, Post, Thread
from social_cme.discussions.rules.evidence import REMIND_DAYS, has_lapsed, is_reminder_due
from social_cme.discussions.services.endorsements import mark_endorsed
from social_cme.extensions import db
from social_cme.persistence.transaction import Transaction, transaction

_BATCH = 200


def lapse_overdue() -> int:
    """Let every endorsement lapse whose review date has passed; return how many did."""
    today = clock.now().date()
    last = lapsed = 0
    while post_ids := db.session.scalars(_overdue(today, after=last)).all():
        last = post_ids[-1]
        lapsed += sum(_lapse_overdue_of(post_id, today) for post_id in post_ids)
    return lapsed


def remind_of_reviews() -> int:
    """Tell mentors whose endorsements will lapse soon, once for each review date; return how many were told."""
    today = clock.now().date()
    last = 0
    reminded = 0
    while ids := db.session.scalars(_soon(today, after=last)).all():
        last = ids[-1]
        with transaction() as tx:
            reminded += sum(_remind(tx, endorsement_id, today) for endorsement_id in ids)
    return reminded


def lapse_for_retraction(tx: Transaction, thread: Thread, post: Post) -> int:
    """Let the endorsements of an answer lapse because it names a retracted paper; the caller holds both locks."""
    holding = select(Endorsement).where(Endorsement.post_id == post.id, Endorsement.lapsed_at.is_(None))
    rows = tx.session.scalars(holding.with_for_update()).all()
    for row in rows:
        _lapse(tx, thread, post, row, LapseReason.RETRACTION)
    if rows:
        tx.session.flush()
        mark_endorsed(tx, thread, post)
    return len(rows)


def lock_answer(tx: Transaction, post_id: int) -> tuple[Thread, Post] | None:
    """Lock an answer with its thread, the thread first; ``None`` when it is gone. For what nobody does by hand."""
    thread_id = tx.session.scalar(select(Post.thread_id).where(Post.id == post_id))
    if thread_id is None:
        return None
    locks = {"populate_existing": True}
    thread = tx.session.scalar(
        select(Thread).where(Thread.id == thread_id).with_for_update(key_share=True).execution_options(**locks)
    )
    post = tx.session.scalar(
        select(Post).where(Post.id == post_id).with_for_update(key_share=True).execution_options(**locks)
    )
    return (thread, post) if thread is not None and post is not None else None


def _lapse_overdue_of(post_id: int, today: date) -> int:
    with transaction() as tx:
        found = lock_answer(tx, post_id)
        if found is None:
            return 0
        thread, post = found
        rows = tx.session.scalars(
            select(Endorsement)
            .where(Endorsement.post_id == post_id, Endorsement.lapsed_at.is_(None))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        over = [row for row in rows if has_lapsed(row.review_by, today)]
        for row in over:
            _lapse(tx, thread, post, row, LapseReason.REVIEW_DATE)
        tx.session.flush()
        mark_endorsed(tx, thread, post)
        return len(over)


def _lapse(tx: Transaction, thread: Thread, post: Post, row: Endorsement, reason: LapseReason) -> None:
    row.lapsed_at, row.lapse_reason = clock.now(), reason.value
    tx.record(
        EndorsementLapsed(
            actor_id=None,
            room_id=thread.room_id,
            thread_id=thread.id,
            post_id=post.id,
            endorsement_id=row.id,
            mentor_id=row.mentor_id,
            author_id=post.author_id,
            reason=reason.value,
        )
    )


def _overdue(today: date, *, after: int) -> Select[int]:
    return (
        select(Endorsement.post_id)
        .where(Endorsement.post_id > after, Endorsement.lapsed_at.is_(None), Endorsement.review_by < today)
        .distinct()
        .order_by(Endorsement.post_id)
        .limit(_BATCH)
    )


def _soon(today: date, *, after: int) -> Select[int]:
    return (
        select(Endorsement.id)
        .where(
            Endorsement.id > after,
            Endorsement.lapsed_at.is_(None),
            Endorsement.reminded_at.is_(None),
            Endorsement.review_by <= today + timedelta(days=REMIND_DAYS),
        )
        .order_by(Endorsement.id)
        .limit(_BATCH)
    )


def _remind(tx: Transaction, endorsement_id: int, today: date) -> int:
    found = tx.session.execute(
        select(Endorsement, Post.room_id, Post.thread_id)
        .join(Post, Post.id == Endorsement.post_id)
        .where(Endorsement.id == endorsement_id, Endorsement.lapsed_at.is_(None), Endorsement.reminded_at.is_(None))
        .with_for_update(of=Endorsement)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return 0
    row, room_id, thread_id = found
    given_on = (row.renewed_at or row.created_at).date()
    if not is_reminder_due(given_on=given_on, review_by=row.review_by, today=today):
        return 0
    row.reminded_at = clock.now()
    tx.record(
        EndorsementReviewDue(
            actor_id=None,
            room_id=room_id,
            thread_id=thread_id,
            post_id=row.post_id,
            endorsement_id=row.id,
            mentor_id=row.mentor_id,
        )
    )
    return 1
