"""Attendance from heartbeats. Rule: only this server's clock counts, and a stretch ends at the last heartbeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from social_cme.core import clock
from social_cme.live import events
from social_cme.live.enums import SessionState
from social_cme.live.models import AttendanceInterval, LiveSession
from social_cme.live.queries.attendance import (
    count_present,
    find_open_interval,
    list_intervals,
    list_stale_ids,
    recorded_seconds,
)
from social_cme.live.queries.sessions import access_session
from social_cme.live.rules import GAP, Beat, Interval, is_stale, judge_beat, seconds_added
from social_cme.live.services.joining import decide_to_join
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

CLOSE_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Pulse:
    """The answer to a heartbeat: ``counted`` tells whether the time is going on the person's record."""

    state: str
    counted: bool
    present: int
    seconds: int


def heartbeat(ctx: RoomContext, session_id: int) -> Pulse:
    """Note that somebody has the page of a session open and in sight right now.

    Nothing is counted before the start, after the end, or for people who may only read. Cheap when repeated: within five
    seconds of the last one nothing is written.
    """
    session = access_session(ctx, session_id)
    state, start, end, actor_id = session.state, session.started_at, session.ended_at, ctx.actor_id
    counted = state == SessionState.LIVE and bool(decide_to_join(ctx, session))
    if counted:
        open_one = find_open_interval(session_id, ctx.user.id)
        verdict = judge_beat(open_one.last_at, clock.now()) if open_one is not None else Beat.RENEW
        prolonged = verdict is Beat.EXTEND and open_one is not None and _prolong(open_one.id)
        if verdict is not Beat.IGNORE and not prolonged:
            counted = _write_beat(ctx, session_id)
    seconds = recorded_seconds(actor_id, session_id, start=start, end=end)
    return Pulse(state=state, counted=counted, present=count_present(session_id), seconds=seconds)


def _prolong(interval_id: int) -> bool:
    """Move the end of an open stretch to now, while its session runs; the common case, in one statement."""
    with transaction() as tx:
        moment = clock.now()
        running = select(LiveSession.id).where(
            LiveSession.id == AttendanceInterval.session_id, LiveSession.state == SessionState.LIVE
        )
        # Two tabs at once: the later moment stays, whichever comes last.
        statement = update(AttendanceInterval).where(
            AttendanceInterval.id == interval_id,
            AttendanceInterval.is_open,
            AttendanceInterval.last_at < moment,
            AttendanceInterval.last_at > moment - GAP,
            running.exists(),
        )
        changed = tx.session.execute(statement.values(last_at=moment).returning(AttendanceInterval.id))
        return changed.scalar() is not None


def _write_beat(ctx: RoomContext, session_id: int) -> bool:
    with transaction() as tx:
        session = access_session(ctx, session_id)
        if session.state != SessionState.LIVE or not decide_to_join(ctx, session):
            return False
        moment = clock.now()
        open_one = find_open_interval(session.id, ctx.user.id)
        verdict = judge_beat(open_one.last_at, moment) if open_one is not None else Beat.RENEW
        if verdict is Beat.RENEW:
            if open_one is not None:
                _close_one(tx, session, open_one)
            _open_one(tx, session.id, ctx.user.id, moment)
    return True


def _open_one(tx: Transaction, session_id: int, user_id: int, moment: datetime) -> None:
    try:
        with tx.savepoint():
            tx.add(AttendanceInterval(session_id=session_id, user_id=user_id, first_at=moment, last_at=moment))
    except IntegrityError:
        # Another tab opened it in the same moment; that one counts for both.
        return


def close_stale() -> int:
    """Close stretches that were not heard of for 90 s or whose session is over; return how many."""
    closed = 0
    while ids := list_stale_ids(limit=CLOSE_AT_ONCE):
        with transaction() as tx:
            rows = tx.session.execute(
                select(AttendanceInterval, LiveSession)
                .join(LiveSession, LiveSession.id == AttendanceInterval.session_id)
                .where(AttendanceInterval.id.in_(ids), AttendanceInterval.is_open)
                .order_by(AttendanceInterval.id)
                .with_for_update(of=AttendanceInterval)
            ).all()
            for interval, session in rows:
                if session.state != SessionState.LIVE or is_stale(interval.last_at, clock.now()):
                    _close_one(tx, session, interval)
                    closed += 1
        if len(ids) < CLOSE_AT_ONCE:
            break
    return closed


def close_all(tx: Transaction, session: LiveSession) -> None:
    """Close every open stretch of a session that has ended; called inside the transaction that ends it."""
    by_person: dict[int, list[AttendanceInterval]] = {}
    for one in list_intervals(session.id):
        by_person.setdefault(one.user_id, []).append(one)
    for mine in by_person.values():
        for one in mine:
            if one.is_open:
                _settle(tx, session, one, [other for other in mine if not other.is_open])


def _close_one(tx: Transaction, session: LiveSession, interval: AttendanceInterval) -> None:
    mine = list_intervals(session.id, user_id=interval.user_id)
    _settle(tx, session, interval, [one for one in mine if not one.is_open])


def _settle(
    tx: Transaction, session: LiveSession, interval: AttendanceInterval, closed: list[AttendanceInterval]
) -> None:
    start = session.started_at or session.starts_at
    interval.is_open = False
    interval.seconds = seconds_added(
        [Interval(one.first_at, one.last_at) for one in closed],
        Interval(interval.first_at, interval.last_at),
        start=start,
        end=session.ended_at or max(clock.now(), interval.last_at),
    )
    tx.session.flush()
    tx.record(
        events.AttendanceClosed(
            actor_id=interval.user_id,
            room_id=session.room_id,
            session_id=session.id,
            interval_id=interval.id,
            seconds=interval.seconds,
        )
    )
