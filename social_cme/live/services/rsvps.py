"""Who intends to come. Rule: places are counted in the database, so that the last one is given away once."""

from __future__ import annotations

from sqlalchemy import or_, select, update

from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.live import events
from social_cme.live.enums import RsvpState
from social_cme.live.models import LiveSession, Rsvp
from social_cme.live.policies import can_come
from social_cme.live.queries.sessions import access_session
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def set_rsvp(ctx: RoomContext, session_id: int, *, going: bool, client_id: str | None = None) -> LiveSession:
    """Say whether one will come; raise ``Conflict`` when every place is taken. Saying the same twice changes nothing."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_come(ctx, session))
        claim = tx.claim(ctx.user.id, client_id, "rsvp.set")
        row = tx.session.scalar(select(Rsvp).filter_by(session_id=session.id, user_id=ctx.user.id))
        was_going = row is not None and row.state == RsvpState.GOING
        if claim.object_id is not None or was_going == going:
            return session
        _count(tx, session, going=going)
        if row is None:
            tx.add(Rsvp(session_id=session.id, user_id=ctx.user.id, state=RsvpState.GOING))
        else:
            row.state = RsvpState.GOING if going else RsvpState.DECLINED
        tx.record(events.RsvpGiven(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, going=going))
        claim.settle(session.id)
    return session


def _count(tx: Transaction, session: LiveSession, *, going: bool) -> None:
    statement = update(LiveSession).where(LiveSession.id == session.id)
    if going:
        free = or_(LiveSession.capacity.is_(None), LiveSession.going_count < LiveSession.capacity)
        statement = statement.where(free).values(going_count=LiveSession.going_count + 1)
    else:
        statement = statement.values(going_count=LiveSession.going_count - 1)
    changed = tx.session.execute(statement.returning(LiveSession.going_count)).scalar()
    if changed is None:
        raise Conflict("Every place is taken. You can still ask and read along once a place is free.")
