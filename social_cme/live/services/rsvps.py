"""Who intends to come, and who waits for a place.

Rule: places are given away while the session is locked, in the order in which people asked; there are never more people than
places, and no place is free while somebody waits who may have it.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.core.permissions import require
from social_cme.live import events
from social_cme.live.enums import RsvpState, SessionState
from social_cme.live.models import LiveSession, Rsvp
from social_cme.live.policies import can_come, can_give_back
from social_cme.live.queries.rsvps import (
    count_states,
    find_rsvp,
    list_next_in_line,
    list_no_longer_eligible,
    list_places_of,
    next_ticket,
)
from social_cme.live.queries.sessions import access_session
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

_OPEN = (SessionState.SCHEDULED, SessionState.LIVE)


def set_rsvp(ctx: RoomContext, session_id: int, *, going: bool, client_id: str | None = None) -> LiveSession:
    """Say whether one will come; where every place is taken one waits for the next. Saying the same twice changes nothing."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_come(ctx, session) if going else can_give_back(ctx, session))
        claim = tx.claim(ctx.user.id, client_id, "rsvp.set")
        row = find_rsvp(session.id, ctx.user.id)
        takes_part = row is not None and row.state != RsvpState.DECLINED
        if claim.object_id is not None or takes_part == going:
            return session
        if row is None:
            row = Rsvp(session_id=session.id, user_id=ctx.user.id, state=RsvpState.DECLINED)
            tx.add(row)
        if going:
            _enter(session, row)
        else:
            _leave(row)
        _recount(tx, session)
        tx.record(
            events.RsvpGiven(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                session_id=session.id,
                going=row.state == RsvpState.GOING,
                waiting=row.state == RsvpState.WAITING,
            )
        )
        fill_places(tx, session)
        claim.settle(session.id)
    return session


def fill_places(tx: Transaction, session: LiveSession) -> None:
    """Give every free place of a locked session to whoever has waited longest, and tell them."""
    free = session.waiting_count if session.capacity is None else session.capacity - session.going_count
    if free <= 0 or session.waiting_count == 0 or session.state not in _OPEN:
        return
    moved = list_next_in_line(session, limit=free)
    for row in moved:
        row.state, row.ticket = RsvpState.GOING, None
    if moved:
        _recount(tx, session)
    for row in moved:
        tx.record(
            events.RsvpMovedUp(actor_id=None, room_id=session.room_id, session_id=session.id, user_id=row.user_id)
        )


def release_ineligible(tx: Transaction, session: LiveSession) -> None:
    """Give the places of a locked session back that belong to people whom it is no longer for, and tell them."""
    if not (session.eligible_professions or session.eligible_stages or session.requires_verified):
        return
    rows = list_no_longer_eligible(session)
    for row in rows:
        _leave(row)
    if rows:
        _recount(tx, session)
    for row in rows:
        _tell_release(tx, session, row.user_id, reason="eligibility")


def release_places(*, user_id: int, room_id: int | None = None) -> int:
    """Give back every place of somebody who left a room, or whose account ended; return how many. Twice is once."""
    released = 0
    for session_id in list_places_of(user_id, room_id=room_id):
        with transaction() as tx:
            statement = select(LiveSession).where(LiveSession.id == session_id).with_for_update(key_share=True)
            session = tx.session.scalar(statement.execution_options(populate_existing=True))
            row = find_rsvp(session_id, user_id)
            if session is None or row is None or row.state == RsvpState.DECLINED or session.state not in _OPEN:
                continue
            _leave(row)
            _recount(tx, session)
            _tell_release(tx, session, user_id, reason="left")
            fill_places(tx, session)
            released += 1
    return released


def _enter(session: LiveSession, row: Rsvp) -> None:
    has_place = session.capacity is None or session.going_count < session.capacity
    row.state = RsvpState.GOING if has_place else RsvpState.WAITING
    row.ticket = None if has_place else next_ticket(session.id)


def _leave(row: Rsvp) -> None:
    row.state, row.ticket = RsvpState.DECLINED, None


def _recount(tx: Transaction, session: LiveSession) -> None:
    tx.session.flush()
    counts = count_states(session.id)
    session.going_count = counts.get(RsvpState.GOING, 0)
    session.waiting_count = counts.get(RsvpState.WAITING, 0)
    tx.session.flush()


def _tell_release(tx: Transaction, session: LiveSession, user_id: int, *, reason: str) -> None:
    tx.record(
        events.RsvpReleased(
            actor_id=None, room_id=session.room_id, session_id=session.id, user_id=user_id, reason=reason
        )
    )
