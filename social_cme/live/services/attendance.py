"""Attendance from heartbeats. Rule: only this server's clock counts, and a stretch ends at the last heartbeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.live import events
from social_cme.live.enums import Reckoned, SessionState
from social_cme.live.models import AttendanceInterval, LiveSession, StillHere
from social_cme.live.queries.attendance import count_present, find_open_interval, list_stale
from social_cme.live.queries.counting import Books, open_books
from social_cme.live.queries.sessions import access_session
from social_cme.live.rules import (
    GAP,
    STILL_HERE_GRACE,
    Beat,
    Frame,
    cut,
    is_stale,
    judge_beat,
    presence,
    quiet_for,
)
from social_cme.live.services.joining import decide_to_join
from social_cme.live.services.settling import lock_people, settle
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

CLOSE_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Pulse:
    """The answer to a heartbeat: ``counted`` tells whether the time is going on the person's record, ``why`` what keeps it off.

    With ``answer_by`` the person is asked whether they are still there, and has until then to answer.
    """

    state: str
    counted: bool
    present: int
    seconds: int
    why: str = ""
    answer_by: str | None = None


def heartbeat(ctx: RoomContext, session_id: int) -> Pulse:
    """Note that somebody has the page of a session open and in sight right now.

    Nothing is counted before the start, after the end, in a pause or a break, or for people who may only read. Cheap when
    repeated: within five seconds of the last one nothing is written.
    """
    session = access_session(ctx, session_id)
    state, actor_id, paused = session.state, ctx.actor_id, session.paused_at is not None
    joined = state == SessionState.LIVE and bool(decide_to_join(ctx, session))
    if joined:
        open_one = find_open_interval(session_id, ctx.user.id)
        verdict = judge_beat(open_one.last_at, clock.now()) if open_one is not None else Beat.RENEW
        prolonged = verdict is Beat.EXTEND and open_one is not None and _prolong(open_one.id)
        if verdict is not Beat.IGNORE and not prolonged:
            joined = _write_beat(ctx, session_id)
    present = count_present(session_id)
    if actor_id is None:
        return Pulse(state=state, counted=False, present=present, seconds=0)
    books = open_books([session_id], [actor_id])
    if not joined:
        seconds = books.account(actor_id, session_id).seconds
        return Pulse(state=state, counted=False, present=present, seconds=seconds)
    return _pulse(books, actor_id, session_id, present, paused=paused)


def confirm_presence(ctx: RoomContext, session_id: int, *, client_id: str | None = None) -> Pulse:
    """Note a sign of life of somebody in a running session; answering when nobody asked does no harm."""
    with transaction() as tx:
        session = access_session(ctx, session_id)
        require(decide_to_join(ctx, session))
        claim = tx.claim(ctx.user.id, client_id, "session.still_here")
        if claim.object_id is None and session.state == SessionState.LIVE:
            tx.add(StillHere(session_id=session.id, user_id=ctx.user.id, at=clock.now()))
            tx.record(events.AttendanceConfirmed(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
            claim.settle(session.id)
    return heartbeat(ctx, session_id)


def _pulse(books: Books, user_id: int, session_id: int, present: int, *, paused: bool) -> Pulse:
    account = books.account(user_id, session_id)
    why, answer_by = "", None
    frame = account.frame
    if paused:
        why = Reckoned.PAUSE
    elif any(one.start <= clock.now() < one.end for one in frame.breaks):
        why = Reckoned.BREAK
    else:
        answer_by = _asked_until(books, user_id, frame)
        if answer_by is not None and answer_by < clock.now():
            why = Reckoned.UNANSWERED
        elif account.pieces and account.pieces[-1].state == Reckoned.OVERLAP:
            why = Reckoned.OVERLAP
    return Pulse(
        state=SessionState.LIVE,
        counted=not why,
        present=present,
        seconds=account.seconds,
        why=str(why),
        answer_by=clock.iso(answer_by) if answer_by is not None else None,
    )


def _asked_until(books: Books, user_id: int, frame: Frame) -> datetime | None:
    """Return until when somebody is asked for a sign of life, ``None`` while there is no need; it may have passed."""
    if frame.ask_every is None:
        return None
    signs = books.signs_of(user_id, frame.session_id)
    there = cut(presence(frame, books.heard[user_id].get(frame.session_id, ())), (*frame.pauses, *frame.breaks))
    quiet = quiet_for(there, signs)
    return clock.now() + (frame.ask_every + STILL_HERE_GRACE - quiet) if quiet >= frame.ask_every else None


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
        lock_people(tx, [ctx.user.id])
        moment = clock.now()
        open_one = find_open_interval(session.id, ctx.user.id)
        verdict = judge_beat(open_one.last_at, moment) if open_one is not None else Beat.RENEW
        if verdict is Beat.RENEW:
            if open_one is not None:
                open_one.is_open = False
                settle(tx, session.id, [ctx.user.id])
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
    while stale := list_stale(limit=CLOSE_AT_ONCE):
        with transaction() as tx:
            lock_people(tx, {user_id for _, user_id in stale})
            rows = tx.session.execute(
                select(AttendanceInterval, LiveSession.state)
                .join(LiveSession, LiveSession.id == AttendanceInterval.session_id)
                .where(AttendanceInterval.id.in_([interval_id for interval_id, _ in stale]), AttendanceInterval.is_open)
                .order_by(AttendanceInterval.id)
                .with_for_update(of=AttendanceInterval)
            ).all()
            gone: dict[int, set[int]] = {}
            for interval, state in rows:
                if state != SessionState.LIVE or is_stale(interval.last_at, clock.now()):
                    interval.is_open = False
                    gone.setdefault(interval.session_id, set()).add(interval.user_id)
                    closed += 1
            for session_id, people in gone.items():
                settle(tx, session_id, people)
        if len(stale) < CLOSE_AT_ONCE:
            break
    return closed


def close_all(tx: Transaction, session: LiveSession) -> None:
    """Close every open stretch of a session that has ended; called inside the transaction that ends it."""
    here = (AttendanceInterval.session_id == session.id, AttendanceInterval.is_open)
    people = set(tx.session.scalars(select(AttendanceInterval.user_id).where(*here)))
    lock_people(tx, people)
    statement = update(AttendanceInterval).where(*here).values(is_open=False).returning(AttendanceInterval.user_id)
    people |= set(tx.session.scalars(statement))
    settle(tx, session.id, people)
