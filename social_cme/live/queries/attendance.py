"""Reads of attendance: who is here now, and how much time of somebody is on record."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select

from social_cme.core import clock
from social_cme.extensions import db
from social_cme.live.enums import SessionState
from social_cme.live.models import AttendanceInterval, CountedStretch, LiveSession
from social_cme.live.queries.counting import account_of
from social_cme.live.rules import GAP, PRESENT_FOR, Interval


def find_open_interval(session_id: int, user_id: int) -> AttendanceInterval | None:
    """Return the stretch of attendance of somebody that is still going on, fresh from the database."""
    return db.session.scalar(
        select(AttendanceInterval)
        .where(
            AttendanceInterval.session_id == session_id,
            AttendanceInterval.user_id == user_id,
            AttendanceInterval.is_open,
        )
        .execution_options(populate_existing=True)
    )


def list_intervals(session_id: int, *, user_id: int | None = None) -> Sequence[AttendanceInterval]:
    """Return the stretches of attendance of a session, of everybody or of one person, in order."""
    statement = select(AttendanceInterval).where(AttendanceInterval.session_id == session_id)
    if user_id is not None:
        statement = statement.where(AttendanceInterval.user_id == user_id)
    ordered = statement.order_by(AttendanceInterval.first_at, AttendanceInterval.id)
    return db.session.scalars(ordered.execution_options(populate_existing=True)).all()


def list_stale(*, limit: int) -> list[tuple[int, int]]:
    """Return open stretches that can no longer be continued, with whose they are.

    They were not heard of for 90 s, or their session is over.
    """
    statement = (
        select(AttendanceInterval.id, AttendanceInterval.user_id)
        .join(LiveSession, LiveSession.id == AttendanceInterval.session_id)
        .where(
            AttendanceInterval.is_open,
            or_(AttendanceInterval.last_at <= clock.now() - GAP, LiveSession.state != SessionState.LIVE),
        )
        .order_by(AttendanceInterval.id)
        .limit(limit)
    )
    return [(interval_id, user_id) for interval_id, user_id in db.session.execute(statement)]


def count_present(session_id: int) -> int:
    """Count the people whose page was heard of in the last 45 s."""
    statement = select(func.count(AttendanceInterval.id)).where(
        AttendanceInterval.session_id == session_id,
        AttendanceInterval.is_open,
        AttendanceInterval.last_at >= clock.now() - PRESENT_FOR,
    )
    return db.session.scalar(statement) or 0


def recorded_seconds(user_id: int | None, session_id: int) -> int:
    """Return how many seconds of somebody in a session count so far."""
    account = account_of(user_id, session_id)
    return account.seconds if account is not None else 0


def list_counted(
    session_ids: Collection[int], user_ids: Collection[int] | None = None
) -> dict[tuple[int, int], list[CountedStretch]]:
    """Return the counted stretches that stand in the ledger, by session and person."""
    statement = select(CountedStretch).where(
        CountedStretch.session_id.in_(list(session_ids)), CountedStretch.voided_at.is_(None)
    )
    if user_ids is not None:
        statement = statement.where(CountedStretch.user_id.in_(list(user_ids)))
    found: dict[tuple[int, int], list[CountedStretch]] = {}
    for one in db.session.scalars(statement.order_by(CountedStretch.started_at, CountedStretch.id)):
        found.setdefault((one.session_id, one.user_id), []).append(one)
    return found


def list_closed(
    session_ids: Collection[int], user_ids: Collection[int] | None = None
) -> dict[tuple[int, int], list[Interval]]:
    """Return when people were heard in some sessions, as far as that has come to its end, by session and person."""
    row = AttendanceInterval
    statement = select(row.session_id, row.user_id, row.first_at, row.last_at).where(
        row.session_id.in_(list(session_ids)), row.is_open.is_(False)
    )
    if user_ids is not None:
        statement = statement.where(row.user_id.in_(list(user_ids)))
    found: dict[tuple[int, int], list[Interval]] = {}
    for session_id, user_id, first_at, last_at in db.session.execute(statement):
        found.setdefault((session_id, user_id), []).append(Interval(first_at, last_at))
    return found
