"""Opening and closing polls, their rounds, and what is shown of them.

Rule: a round ends by its time or by hand, once; at most one poll of a session takes votes at a time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.live import events
from social_cme.live.enums import PollState, Reveal, SessionState
from social_cme.live.models import LivePoll, LiveSession, PollMark, PollRound, PollTally
from social_cme.live.policies import can_lead, can_prepare_polls
from social_cme.live.queries.polls import access_poll, find_round, shape_of, state_of
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.rules import poll_results
from social_cme.live.rules import polls as rules
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

AT_ONCE = 50


def open_round(ctx: RoomContext, session_id: int, poll_id: int, *, client_id: str | None = None) -> LivePoll:
    """Ask everybody: open a draft, or another round of a poll that was voted on before. An open one stays as it is."""
    with transaction() as tx:
        session, poll = _steer(ctx, session_id, poll_id)
        claim = tx.claim(ctx.user.id, client_id, "poll.open")
        if claim.object_id is not None:
            return poll
        if session.state != SessionState.LIVE:
            raise Conflict("Polls are opened once the session has started.")
        _settle_open_ones(tx, session, other_than=poll)
        if poll.state == PollState.OPEN:
            return poll
        _require_another_round(poll)
        _begin_round(tx, poll)
        _tell(tx, poll, events.PollOpened(**_about(poll, ctx.user.id), round=poll.round), "opened")
        claim.settle(poll.id)
    return poll


def close_poll(
    ctx: RoomContext, session_id: int, poll_id: int, *, discuss: bool | None = None, client_id: str | None = None
) -> LivePoll:
    """End the round that is open, or the discussion after it.

    Left to itself, a poll in two rounds goes from its first round into the discussion, where results and solution stay back as
    before; *discuss* decides otherwise.
    """
    with transaction() as tx:
        _session, poll = _steer(ctx, session_id, poll_id)
        claim = tx.claim(ctx.user.id, client_id, "poll.close")
        if claim.object_id is not None:
            return poll
        if poll.state == PollState.DRAFT:
            raise Conflict("This poll has not been opened yet.")
        if poll.state == PollState.OPEN:
            _end_round(tx, poll, actor_id=ctx.user.id, discuss=discuss)
        elif poll.state == PollState.DISCUSSING and not discuss:
            poll.state = PollState.CLOSED
            _tell(tx, poll, events.PollClosed(**_about(poll, ctx.user.id), round=poll.round), "closed")
        claim.settle(poll.id)
    return poll


def show_results(
    ctx: RoomContext, session_id: int, poll_id: int, *, shown: bool, client_id: str | None = None
) -> LivePoll:
    """Show the results to everybody now, or hold them back, whatever was planned; the solution follows only after closing."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        poll = access_poll(session, poll_id, lock=True)
        claim = tx.claim(ctx.user.id, client_id, "poll.results")
        wanted = Reveal.SHOWN if shown else Reveal.HIDDEN
        if claim.object_id is not None or poll.reveal == wanted:
            return poll
        if poll.state == PollState.DRAFT:
            raise Conflict("This poll has not been opened yet, so it has no results.")
        poll.reveal = wanted
        change = "shown" if shown else "hidden"
        _tell(tx, poll, events.PollChanged(**_about(poll, ctx.user.id), change=change), change)
        claim.settle(poll.id)
    return poll


def close_due() -> int:
    """End the rounds whose time is up; return how many. Ballots were refused from the moment itself."""
    closed = 0
    statement = select(LivePoll.id).join(PollRound, PollRound.poll_id == LivePoll.id)
    while True:
        due = statement.where(PollRound.closed_at.is_(None), PollRound.ends_at <= clock.now()).limit(AT_ONCE)
        ids = db.session.scalars(due).all()
        for poll_id in ids:
            with transaction() as tx:
                poll = tx.session.scalar(select(LivePoll).where(LivePoll.id == poll_id).with_for_update(key_share=True))
                if poll is not None and poll.state == PollState.OPEN:
                    closed += _settle_due(tx, poll)
        if len(ids) < AT_ONCE:
            return closed


def close_of_session(tx: Transaction, session: LiveSession, *, actor_id: int | None) -> None:
    """Close every poll of a session that ends; called inside the transaction that ends it."""
    statement = select(LivePoll).where(
        LivePoll.session_id == session.id, LivePoll.state.in_((PollState.OPEN, PollState.DISCUSSING))
    )
    for poll in tx.session.scalars(statement.order_by(LivePoll.id).with_for_update(key_share=True)):
        if poll.state == PollState.OPEN:
            _end_round(tx, poll, actor_id=actor_id, discuss=False)
        else:
            poll.state = PollState.CLOSED
            _tell(tx, poll, events.PollClosed(**_about(poll, actor_id), round=poll.round), "closed")


def _steer(ctx: RoomContext, session_id: int, poll_id: int) -> tuple[LiveSession, LivePoll]:
    session = access_session(ctx, session_id, lock=True)
    require(can_prepare_polls(ctx, session, mentor_ids(session.id)))
    return session, access_poll(session, poll_id, lock=True)


def _settle_open_ones(tx: Transaction, session: LiveSession, *, other_than: LivePoll) -> None:
    statement = select(LivePoll).where(LivePoll.session_id == session.id, LivePoll.state == PollState.OPEN)
    for one in tx.session.scalars(statement.with_for_update(key_share=True)).all():
        if not _settle_due(tx, one) and one.id != other_than.id:
            raise Conflict("Another poll is open. Close it first.")


def _settle_due(tx: Transaction, poll: LivePoll) -> bool:
    if state_of(poll, find_round(poll)) == PollState.OPEN:
        return False
    _end_round(tx, poll, actor_id=None, discuss=None)
    return True


def _require_another_round(poll: LivePoll) -> None:
    if poll.round >= rules.MAX_ROUNDS:
        raise Conflict(f"A poll can be voted on {rules.MAX_ROUNDS} times at most.")
    if poll.state == PollState.CLOSED and poll.correct:
        raise Conflict("The right answer has been shown, so another vote would say nothing.")


def _begin_round(tx: Transaction, poll: LivePoll) -> None:
    moment = clock.now()
    poll.state, poll.round, poll.reveal = PollState.OPEN, poll.round + 1, Reveal.AUTO
    ends_at = moment + timedelta(seconds=poll.timer_seconds) if poll.timer_seconds else None
    one = PollRound(poll_id=poll.id, number=poll.round, opened_at=moment, ends_at=ends_at)
    tx.add(one)
    # All counters exist before the first ballot, so that a ballot only ever adds to them.
    tx.session.add_all(PollTally(round_id=one.id, place=place) for place in shape_of(poll).places)
    tx.session.flush()


def _end_round(tx: Transaction, poll: LivePoll, *, actor_id: int | None, discuss: bool | None) -> None:
    moment = clock.now()
    one = find_round(poll)
    if one is not None and one.closed_at is None:
        # Waits for the ballots that are being counted; those after it find the round closed.
        ended = min(moment, one.ends_at) if one.ends_at is not None else moment
        statement = update(PollRound).where(PollRound.id == one.id).values(closed_at=ended)
        tx.session.execute(statement.execution_options(synchronize_session=False))
        if poll.is_anonymous:
            # Written anew all at once, so that not even the database's own bookkeeping tells which mark came with which count.
            marks = update(PollMark).where(PollMark.round_id == one.id).values(client_id="")
            tx.session.execute(marks.execution_options(synchronize_session=False))
    if discuss is None:
        poll.state = poll_results.state_after(two_rounds=poll.two_rounds, number=poll.round)
    else:
        poll.state = PollState.DISCUSSING if discuss else PollState.CLOSED
    _tell(tx, poll, events.PollClosed(**_about(poll, actor_id), round=poll.round), "closed")


def _about(poll: LivePoll, actor_id: int | None) -> dict[str, Any]:
    return {"actor_id": actor_id, "room_id": poll.room_id, "session_id": poll.session_id, "poll_id": poll.id}


def _tell(tx: Transaction, poll: LivePoll, fact: events.PollFact, change: str) -> None:
    """Record a fact for everybody, and that the people who lead have something new too."""
    tx.record(fact)
    tx.record(events.PollDeskChanged(**_about(poll, fact.actor_id), change=change))
