"""Opening and closing a session. Rule: only who leads it does so; ending twice is the same as ending once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.live import events, rules
from social_cme.live.enums import QuestionState, SessionState
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.policies import can_lead
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services.agenda import begin_agenda, end_agenda
from social_cme.live.services.approval import decline_waiting
from social_cme.live.services.archiving import archive_session
from social_cme.live.services.attendance import close_all
from social_cme.live.services.hands import lower_all
from social_cme.live.services.pausing import end_pause
from social_cme.live.services.polling import close_of_session
from social_cme.live.services.rounds import end_with_session
from social_cme.live.services.schedule import mark_changed
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def start_session(ctx: RoomContext, session_id: int) -> LiveSession:
    """Open a session; attendance counts from here. Raise ``Conflict`` when it is too early or its end has passed."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        if session.state == SessionState.LIVE:
            return session
        moment = clock.now()
        if session.state != SessionState.SCHEDULED:
            raise Conflict("This session is over. Plan a new one.")
        if not rules.may_start(session.starts_at, session.ends_at, moment):
            raise Conflict(
                "A session can be started from an hour before its time until its end. Change its times first."
            )
        session.state = SessionState.LIVE
        session.started_at = moment
        tx.record(events.SessionStarted(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
        begin_agenda(tx, session, actor_id=ctx.user.id)
    return session


def extend_session(ctx: RoomContext, session_id: int, *, minutes: int, client_id: str | None = None) -> LiveSession:
    """Move the end of a running session by 1 to 60 minutes, counted from now when it has passed already."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "session.extend")
        if claim.object_id is not None:
            return session
        if session.state != SessionState.LIVE:
            raise Conflict("Only a running session can be extended.")
        session.ends_at = max(session.ends_at, clock.now()) + timedelta(minutes=max(1, min(minutes, 60)))
        if session.ends_at - session.starts_at > rules.LONGEST_SESSION:
            raise Conflict("A session can last at most 12 hours.")
        mark_changed(session)
        tx.record(events.SessionChanged(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, change="end"))
        claim.settle(session.id)
    return session


def end_session(ctx: RoomContext, session_id: int) -> LiveSession:
    """Close a running session: everybody's attendance ends, and every question becomes a thread of the room.

    The threads are written after the end is certain, some at a time; what a crash leaves over is done by the next call or
    by the scheduled sweep.
    """
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        if session.state not in {SessionState.LIVE, SessionState.ENDED}:
            raise Conflict("Only a running session can be ended.")
        if session.state == SessionState.LIVE:
            _close(tx, session, actor_id=ctx.user.id)
    archive_session(session.id)
    return session


def end_overdue() -> int:
    """End sessions that nobody ended within an hour of their planned end, or resumed within four of a pause; return how many."""
    late, paused_before = clock.now() - rules.LATEST_END, clock.now() - rules.LONGEST_PAUSE
    overdue = or_(
        and_(LiveSession.paused_at.is_(None), LiveSession.ends_at <= late), LiveSession.paused_at <= paused_before
    )
    statement = select(LiveSession.id).where(LiveSession.state == SessionState.LIVE, overdue)
    ended = 0
    for session_id in db.session.scalars(statement).all():
        with transaction() as tx:
            session = tx.session.scalar(
                select(LiveSession).where(LiveSession.id == session_id, overdue).with_for_update(key_share=True)
            )
            if session is not None and session.state == SessionState.LIVE:
                _close(tx, session, actor_id=None)
                ended += 1
        archive_session(session_id)
    return ended


def _close(tx: Transaction, session: LiveSession, *, actor_id: int | None) -> None:
    session.state = SessionState.ENDED
    session.ended_at = max(clock.now(), session.started_at or clock.now())
    if session.current_question_id is not None:
        current = tx.session.get(LiveQuestion, session.current_question_id)
        if current is not None and current.state == QuestionState.ANSWERING:
            # Taken up and not marked as answered: it stays open, as a thread.
            current.state = QuestionState.OPEN
            tx.record(
                events.QuestionStateChanged(
                    actor_id=actor_id,
                    room_id=session.room_id,
                    session_id=session.id,
                    question_id=current.id,
                    state=current.state,
                )
            )
        session.current_question_id = None
    end_pause(tx, session, moment=session.ended_at)
    end_agenda(tx, session, moment=session.ended_at, actor_id=actor_id)
    decline_waiting(tx, session, actor_id=actor_id)
    end_with_session(tx, session, actor_id=actor_id)
    tx.session.flush()
    close_of_session(tx, session, actor_id=actor_id)
    lower_all(tx, session, actor_id=actor_id)
    close_all(tx, session)
    tx.record(events.SessionEnded(actor_id=actor_id, room_id=session.room_id, session_id=session.id))
