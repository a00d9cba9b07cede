"""The mail outbox: a mail is a row, written with what caused it, before it is sent.

Rule: the row says whether the mail went out, and its values are wiped as soon as they are no longer needed: they may hold
a link that opens an account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from social_cme.core import clock
from social_cme.jobs.queue import enqueue
from social_cme.persistence.base import Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key
from social_cme.persistence.transaction import Transaction, transaction

GIVE_UP_AFTER = timedelta(days=3)
LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=2)


class OutboxMail(Model, Timestamped):
    """A mail to be sent: an event name and its values, rendered when it goes out."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_due", "sent_at", "failed_at", "due_at"),)

    id: Mapped[PrimaryKey]
    recipient: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[int | None] = foreign_key("user_account.id")
    event: Mapped[str] = mapped_column(String(60))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class MailToQueue:
    """One recipient of a mail with the values of its templates."""

    recipient: str
    values: dict[str, Any] = field(default_factory=dict)
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that this process alone may send until its lease ends."""

    id: int
    recipient: str
    event: str
    values: dict[str, Any]
    attempts: int
    created_at: datetime


def queue_mail(
    tx: Transaction, *, recipient: str, event: str, values: dict[str, Any], user_id: int | None = None
) -> None:
    """Put a mail into the outbox as part of *tx*; it is sent after the commit, and never when the transaction fails.

    *event* names a folder of ``templates/email``; *values* are what its templates read, as plain JSON values.
    """
    queue_mails(tx, event=event, mails=[MailToQueue(recipient=recipient, values=values, user_id=user_id)])


def queue_mails(tx: Transaction, *, event: str, mails: Iterable[MailToQueue]) -> None:
    """As ``queue_mail`` for many recipients, in one statement."""
    moment = clock.now()
    rows = [
        {
            "recipient": mail.recipient,
            "user_id": mail.user_id,
            "event": event,
            "values": mail.values,
            "attempts": 0,
            "due_at": moment,
            "created_at": moment,
        }
        for mail in mails
    ]
    if rows:
        tx.session.execute(insert(OutboxMail), rows)
        tx.after_commit(lambda: enqueue("jobs.send_mail"))


def claim_due(*, limit: int) -> list[ClaimedMail]:
    """Take up to *limit* mails that are due; nobody else gets them for five minutes, so a crash only delays them."""
    moment = clock.now()
    with transaction() as tx:
        rows = tx.session.scalars(
            select(OutboxMail)
            .where(OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None), OutboxMail.due_at <= moment)
            .order_by(OutboxMail.due_at, OutboxMail.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.due_at = moment + LEASE
            row.attempts += 1
        return [
            ClaimedMail(row.id, row.recipient, row.event, dict(row.values), row.attempts, row.created_at)
            for row in rows
        ]


def mark_sent(mail: ClaimedMail) -> None:
    """Note that a mail went out and forget what it said."""
    _settle(mail, sent_at=clock.now(), values={}, last_error=None)


def mark_failed(mail: ClaimedMail, *, error: str, is_final: bool) -> None:
    """Note why a mail did not go out; it is tried again with growing pauses for three days, unless that is pointless."""
    moment = clock.now()
    if is_final or moment - mail.created_at > GIVE_UP_AFTER:
        _settle(mail, failed_at=moment, values={}, last_error=error[:1000])
        return
    pause = min(timedelta(seconds=30 * 2 ** min(mail.attempts - 1, 12)), LONGEST_PAUSE)
    _settle(mail, due_at=moment + pause, last_error=error[:1000])


def forget_unsent(tx: Transaction, *, words: str) -> int:
    """Drop the unsent mails that hold *words*, which were erased; return how many. Joins the caller's transaction."""
    waiting = select(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None))
    gone = [mail for mail in tx.session.scalars(waiting) if any(words in str(value) for value in mail.values.values())]
    for mail in gone:
        tx.session.delete(mail)
    tx.session.flush()
    return len(gone)


def forget_old_mail(*, older_than: timedelta) -> int:
    """Delete the rows of mails that were settled longer ago than *older_than*; return how many."""
    limit = clock.now() - older_than
    with transaction() as tx:
        found = tx.session.query(OutboxMail).filter(or_(OutboxMail.sent_at < limit, OutboxMail.failed_at < limit))
        return found.delete(synchronize_session=False)


def _settle(mail: ClaimedMail, **values: Any) -> None:
    with transaction() as tx:
        tx.session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == mail.id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
