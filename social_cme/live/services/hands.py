"""Raised hands and the floor. Rule: at most one person speaks, and begin and end are stamped by this server."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import HandState, SessionState
from social_cme.live.models import AttendanceInterval, LiveSession, RaisedHand
from social_cme.live.policies import can_present, can_raise_hand
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.queries.stage import OPEN_HANDS, access_hand, find_open_hand
from social_cme.live.rules import GAP
from social_cme.live.services.joining import decide_to_join
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def raise_hand(ctx: RoomContext, session_id: int, *, client_id: str | None = None) -> RaisedHand:
    """Ask for the floor; raising a hand that is up changes nothing."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(decide_to_join(ctx, session))
        claim = tx.claim(ctx.user.id, client_id, "hand.raise")
        if claim.object_id is not None:
            return access_hand(session, claim.object_id)
        require(can_raise_hand(session))
        hand = find_open_hand(session.id, ctx.user.id)
        if hand is None:
            hand = RaisedHand(session_id=session.id, room_id=session.room_id, user_id=ctx.user.id, minutes=0)
            tx.add(hand)
            tx.record(
                events.HandRaised(
                    actor_id=ctx.user.id,
                    room_id=session.room_id,
                    session_id=session.id,
                    hand_id=hand.id,
                    user_id=ctx.user.id,
                )
            )
        claim.settle(hand.id)
    return hand


def lower_hand(
    ctx: RoomContext, session_id: int, hand_id: int | None = None, *, client_id: str | None = None
) -> RaisedHand | None:
    """Take one's own hand down, or with *hand_id* somebody's as who leads; ``None`` when none is up."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(decide_to_join(ctx, session))
        hand = access_hand(session, hand_id) if hand_id is not None else find_open_hand(session.id, ctx.user.id)
        if hand is None:
            return None
        if hand.user_id != ctx.user.id:
            require(can_present(ctx, session, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "hand.lower")
        if claim.object_id is None and hand.state in OPEN_HANDS:
            _end(tx, hand, actor_id=ctx.user.id)
            claim.settle(hand.id)
    return hand


def give_floor(
    ctx: RoomContext, session_id: int, hand_id: int, *, minutes: int = 0, client_id: str | None = None
) -> RaisedHand:
    """Give somebody the floor for 1 to 60 minutes, or without a limit (0); who had it before has spoken."""
    with transaction() as tx:
        session = _steered(ctx, session_id, minutes)
        hand = access_hand(session, hand_id)
        claim = tx.claim(ctx.user.id, client_id, "hand.give")
        if claim.object_id is not None:
            return hand
        if hand.state not in OPEN_HANDS:
            raise Conflict("This hand is down already.")
        if hand.state == HandState.RAISED:
            _end_speaker(tx, session, actor_id=ctx.user.id)
        _give(tx, hand, minutes, actor_id=ctx.user.id)
        claim.settle(hand.id)
    return hand


def next_speaker(
    ctx: RoomContext, session_id: int, *, minutes: int = 0, client_id: str | None = None
) -> RaisedHand | None:
    """End the turn of who speaks and give the floor to who waits longest; ``None`` when nobody waits."""
    with transaction() as tx:
        session = _steered(ctx, session_id, minutes)
        claim = tx.claim(ctx.user.id, client_id, "hand.next")
        if claim.object_id is not None:
            return access_hand(session, claim.object_id)
        _end_speaker(tx, session, actor_id=ctx.user.id)
        waiting = select(RaisedHand).where(RaisedHand.session_id == session.id, RaisedHand.state == HandState.RAISED)
        hand = tx.session.scalar(waiting.order_by(RaisedHand.id).limit(1))
        if hand is not None:
            _give(tx, hand, minutes, actor_id=ctx.user.id)
            claim.settle(hand.id)
    return hand


def lower_all(tx: Transaction, session: LiveSession, *, actor_id: int | None) -> None:
    """Take every hand down; called inside the transaction that ends the session."""
    for hand in _open_hands(tx, session.id):
        _end(tx, hand, actor_id=actor_id)


def lower_gone() -> int:
    """Take down the hands of people whose page was closed, and of sessions that are over; return how many."""
    lowered = 0
    with transaction() as tx:
        moment = clock.now()
        here = select(AttendanceInterval.id).where(
            AttendanceInterval.session_id == RaisedHand.session_id,
            AttendanceInterval.user_id == RaisedHand.user_id,
            AttendanceInterval.is_open,
            AttendanceInterval.last_at > moment - GAP,
        )
        statement = (
            select(RaisedHand)
            .join(LiveSession, LiveSession.id == RaisedHand.session_id)
            .where(
                RaisedHand.state.in_(OPEN_HANDS),
                (LiveSession.state != SessionState.LIVE) | (~here.exists() & (RaisedHand.created_at <= moment - GAP)),
            )
            .order_by(RaisedHand.id)
            .limit(500)
            .with_for_update(of=RaisedHand)
        )
        for hand in tx.session.scalars(statement).all():
            _end(tx, hand, actor_id=None)
            lowered += 1
    return lowered


def _steered(ctx: RoomContext, session_id: int, minutes: int) -> LiveSession:
    session = access_session(ctx, session_id, lock=True)
    require(can_present(ctx, session, mentor_ids(session.id)))
    if not 0 <= minutes <= rules.MAX_MINUTES:
        message = f"Give 1 to {rules.MAX_MINUTES} minutes, or 0 for no limit."
        raise Invalid(message, fields={"minutes": [message]})
    return session


def _open_hands(tx: Transaction, session_id: int) -> list[RaisedHand]:
    statement = select(RaisedHand).where(RaisedHand.session_id == session_id, RaisedHand.state.in_(OPEN_HANDS))
    return list(tx.session.scalars(statement.order_by(RaisedHand.id)))


def _end_speaker(tx: Transaction, session: LiveSession, *, actor_id: int | None) -> None:
    for hand in _open_hands(tx, session.id):
        if hand.state == HandState.SPEAKING:
            _end(tx, hand, actor_id=actor_id)


def _give(tx: Transaction, hand: RaisedHand, minutes: int, *, actor_id: int) -> None:
    moment = clock.now()
    hand.given_at = hand.given_at or moment
    hand.state, hand.minutes = HandState.SPEAKING, minutes
    hand.until_at = moment + timedelta(minutes=minutes) if minutes else None
    tx.record(
        events.FloorGiven(
            actor_id=actor_id,
            room_id=hand.room_id,
            session_id=hand.session_id,
            hand_id=hand.id,
            user_id=hand.user_id,
            minutes=minutes,
        )
    )


def _end(tx: Transaction, hand: RaisedHand, *, actor_id: int | None) -> None:
    spoke = hand.state == HandState.SPEAKING
    hand.state = HandState.DONE if spoke else HandState.LOWERED
    hand.ended_at = clock.now()
    tx.record(
        events.HandEnded(
            actor_id=actor_id,
            room_id=hand.room_id,
            session_id=hand.session_id,
            hand_id=hand.id,
            user_id=hand.user_id,
            spoke=spoke,
        )
    )
