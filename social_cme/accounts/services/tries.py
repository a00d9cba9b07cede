"""Counts tries, so that nobody can guess passwords or flood a mailbox.

Rule: a try is counted before it is carried out, in one statement, so a hundred at the same moment are a hundred. What was tried
is kept as a hash, and unknown addresses are counted like known ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.orm import Session

from social_cme.accounts.enums import TriedAction
from social_cme.accounts.models import TryCounter
from social_cme.core import clock
from social_cme.persistence.inserting import insert_into
from social_cme.persistence.transaction import transaction

LOGIN_WINDOW = timedelta(minutes=15)
LOGINS_FROM_ADDRESS = 5
LOGINS_ANYWHERE = 50
MAIL_WINDOW = timedelta(hours=24)
MAILS_TO_ADDRESS = 6


@dataclass(frozen=True, slots=True)
class Count:
    """How many tries there were in the window that is running, this one included, and when the window ends."""

    tries: int
    ends_at: datetime

    @property
    def seconds_left(self) -> int:
        """Whole seconds until counting starts anew, at least one."""
        return max(1, int((self.ends_at - clock.now()).total_seconds()) + 1)


def count_try(session: Session, action: TriedAction, *subject: str, window: timedelta) -> Count:
    """Count one try of *action* on *subject*; call it inside a transaction that commits also when the try is refused."""
    moment = clock.now()
    is_over = TryCounter.started_at <= moment - window
    statement = (
        insert_into(session, TryCounter)
        .values(action=action, subject_hash=_hash(subject), tries=1, started_at=moment)
        .on_conflict_do_update(
            index_elements=["action", "subject_hash"],
            set_={
                "tries": case((is_over, 1), else_=TryCounter.tries + 1),
                "started_at": case((is_over, moment), else_=TryCounter.started_at),
            },
        )
        .returning(TryCounter.tries, TryCounter.started_at)
    )
    tries, started_at = session.execute(statement).one()
    return Count(tries=tries, ends_at=started_at + window)


def take_back_try(session: Session, action: TriedAction, *subject: str) -> None:
    """Uncount one try that turned out to be the rightful person's."""
    session.execute(
        update(TryCounter)
        .where(TryCounter.action == action, TryCounter.subject_hash == _hash(subject), TryCounter.tries > 0)
        .values(tries=TryCounter.tries - 1)
        .execution_options(synchronize_session=False)
    )


def forget_tries(session: Session, action: TriedAction, *subject: str) -> None:
    """Start counting anew."""
    session.execute(
        delete(TryCounter)
        .where(TryCounter.action == action, TryCounter.subject_hash == _hash(subject))
        .execution_options(synchronize_session=False)
    )


def forget_old_tries() -> int:
    """Delete the counters whose windows are long over; return how many."""
    with transaction() as tx:
        found = tx.session.query(TryCounter).filter(TryCounter.started_at < clock.now() - 2 * MAIL_WINDOW)
        return found.delete(synchronize_session=False)


def may_mail(session: Session, email: str) -> bool:
    """Count a mail that anybody can cause to *email* and tell whether it may still be sent today."""
    return count_try(session, TriedAction.MAIL_TO_ADDRESS, email, window=MAIL_WINDOW).tries <= MAILS_TO_ADDRESS


def _hash(subject: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(subject).encode("utf-8", "surrogatepass")).hexdigest()
