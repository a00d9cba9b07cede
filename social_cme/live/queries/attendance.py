"""Reads of attendance: who is here now, and how much time of somebody is on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from social_cme.core import clock
from social_cme.extensions import db
from social_cme.live.enums import SessionState
from social_cme.live.models import AttendanceInterval, LiveSession
from social_cme.live.rules import GAP, PRESENT_FOR, Interval, seconds_within


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


def list_stale_ids(*, limit: int) -> list[int]:
    """Return open stretches that can no longer be continued: not heard of for 90 s, or of a session that is over."""
    statement = (
        select(AttendanceInterval.id)
        .join(LiveSession, LiveSession.id == AttendanceInterval.session_id)
        .where(
            AttendanceInterval.is_open,
            or_(AttendanceInterval.last_at <= clock.now() - GAP, LiveSession.state != SessionState.LIVE),
        )
        .order_by(AttendanceInterval.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def count_present(session_id: int) -> int:
    """Count the people whose page was heard of in the last 45 s."""
    statement = select(func.count(AttendanceInterval.id)).where(
        AttendanceInterval.session_id == session_id,
        AttendanceInterval.is_open,
        AttendanceInterval.last_at >= clock.now() - PRESENT_FOR,
    )
    return db.session.scalar(statement) or 0


def recorded_seconds(user_id: int | None, session_id: int, *, start: datetime | None, end: datetime | None) -> int:
    """Return how many seconds of somebody are on record so far, between the start and the end (if any) of the session."""
    if user_id is None or start is None:
        return 0
    stretches = [Interval(one.first_at, one.last_at) for one in list_intervals(session_id, user_id=user_id)]
    return seconds_within(stretches, start=start, end=end or clock.now())
