"""Pausing a running session. Rule: the server's clock stamps both ends, nothing counts in between, and the end moves along."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.live import events
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession, SessionPause
from social_cme.live.policies import can_lead
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def pause_session(ctx: RoomContext, session_id: int, *, client_id: str | None = None) -> LiveSession:
    """Stop the clock of a running session; the chat and the questions stay open. Pausing twice is pausing once."""
    with transaction() as tx:
        session = _access_running(ctx, session_id)
        claim = tx.claim(ctx.user.id, client_id, "session.pause")
        if claim.object_id is not None or session.paused_at is not None:
            return session
        session.paused_at = max(clock.now(), session.started_at or clock.now())
        tx.add(SessionPause(session_id=session.id, started_at=session.paused_at))
        tx.record(events.SessionPaused(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
        claim.settle(session.id)
    return session


def resume_session(ctx: RoomContext, session_id: int, *, client_id: str | None = None) -> LiveSession:
    """Let the clock of a paused session run on; what is left of its time is what was left at the pause."""
    with transaction() as tx:
        session = _access_running(ctx, session_id)
        claim = tx.claim(ctx.user.id, client_id, "session.resume")
        if claim.object_id is not None or session.paused_at is None:
            return session
        moment = max(clock.now(), session.paused_at)
        session.ends_at += moment - session.paused_at
        end_pause(tx, session, moment=moment)
        tx.record(events.SessionResumed(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
        claim.settle(session.id)
    return session


def end_pause(tx: Transaction, session: LiveSession, *, moment: datetime) -> None:
    """End the pause of a session, if there is one; called inside the transaction that resumes or ends it."""
    if session.paused_at is None:
        return
    session.paused_at = None
    open_ones = select(SessionPause).where(SessionPause.session_id == session.id, SessionPause.ended_at.is_(None))
    for one in tx.session.scalars(open_ones):
        one.ended_at = max(moment, one.started_at)


def _access_running(ctx: RoomContext, session_id: int) -> LiveSession:
    session = access_session(ctx, session_id, lock=True)
    require(can_lead(ctx, mentor_ids(session.id)))
    if session.state != SessionState.LIVE:
        raise Conflict("Only a running session can be paused.")
    return session
