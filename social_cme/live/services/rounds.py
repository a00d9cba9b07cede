"""The time of a breakout: rounds begin and end by this server's clock, and who leads can bend it.

Rule: what should have happened by itself is done with its own planned time, whoever notices it and however late; so a restart
changes nothing and two processes do it once. Everything in a session is written one after the other (its row is locked).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import BreakoutKind, BreakoutState, RoundState, SessionState
from social_cme.live.models import BreakoutRound, LiveSession, RoundPause
from social_cme.live.policies import can_lead
from social_cme.live.queries.breakouts import (
    Layout,
    access_breakout,
    find_layout,
    is_due,
    list_due_sessions,
    load_layout,
)
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def catch_up(session_id: int) -> bool:
    """Do what should have happened by itself in a session's breakout; tell whether there was anything. Cheap when not."""
    if not is_due(session_id):
        return False
    with transaction() as tx:
        session = tx.session.scalar(
            select(LiveSession).where(LiveSession.id == session_id).with_for_update(key_share=True)
        )
        layout = find_layout(session_id)
        if session is None or layout is None:
            return False
        return move_on(tx, layout)


def catch_up_all() -> int:
    """Do what should have happened by itself in all sessions; return in how many there was something."""
    return sum(catch_up(session_id) for session_id in list_due_sessions())


def lead_breakout(tx: Transaction, ctx: RoomContext, session_id: int, breakout_id: int) -> tuple[LiveSession, Layout]:
    """Open a breakout for who leads its session, locked and brought up to now."""
    session = access_session(ctx, session_id, lock=True)
    require(can_lead(ctx, mentor_ids(session.id)))
    layout = load_layout(access_breakout(session, breakout_id))
    move_on(tx, layout)
    return session, layout


def start(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Send everybody to the groups; the first round begins after one changeover. Starting twice is starting once."""
    with transaction() as tx:
        session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.start")
        breakout = layout.breakout
        if claim.object_id is not None or breakout.state == BreakoutState.RUNNING:
            return layout
        if breakout.state == BreakoutState.ENDED:
            raise Conflict("This breakout is over. Make a new one.")
        if session.state != SessionState.LIVE:
            raise Conflict("Start the session first; then the groups can begin.")
        if not layout.members:
            raise Conflict("Nobody is in a group yet. Form the groups first.")
        if breakout.kind == BreakoutKind.ROTATION and not any(one.gone_at is None for one in layout.stations):
            raise Conflict("There is no station to go to yet. Add one first.")
        moment = clock.now()
        breakout.state, breakout.started_at = BreakoutState.RUNNING, moment
        layout.rounds[0].starts_at = moment + timedelta(seconds=breakout.changeover_seconds)
        tx.record(events.BreakoutStarted(actor_id=ctx.user.id, **_about(layout)))
        _set_due(layout)
        move_on(tx, layout)
        claim.settle(breakout.id)
    return layout


def next_step(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Go on at once: from the changeover into the round, from the round into the changeover; a pause ends."""

    def act(tx: Transaction, layout: Layout, current: BreakoutRound, moment: datetime) -> None:
        _resume(tx, layout, current, moment)
        if current.state == RoundState.PLANNED:
            _begin(tx, layout, current, moment, actor_id=ctx.user.id)
        else:
            _finish(tx, layout, current, moment, actor_id=ctx.user.id)

    return _steer(ctx, session_id, breakout_id, act, client_id=client_id, scope="breakout.next")


def end_round(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """End the running round before its time; raise ``Conflict`` while places are changed."""

    def act(tx: Transaction, layout: Layout, current: BreakoutRound, moment: datetime) -> None:
        _require_running(current)
        _resume(tx, layout, current, moment)
        _finish(tx, layout, current, moment, actor_id=ctx.user.id)

    return _steer(ctx, session_id, breakout_id, act, client_id=client_id, scope="breakout.end_round")


def extend_round(
    ctx: RoomContext, session_id: int, breakout_id: int, *, minutes: int, client_id: str | None = None
) -> Layout:
    """Give the running round 1 to 30 minutes more; raise ``Conflict`` while places are changed."""

    def act(tx: Transaction, layout: Layout, current: BreakoutRound, _moment: datetime) -> None:
        _require_running(current)
        assert current.started_at is not None
        assert current.ends_at is not None
        current.ends_at += timedelta(minutes=max(1, min(minutes, 30)))
        if current.ends_at - current.started_at > 2 * rules.ROUND_MOST:
            raise Conflict("A round can last at most four hours. End this one and go on with the next.")
        _tell(tx, layout, current, "extended", actor_id=ctx.user.id)

    return _steer(ctx, session_id, breakout_id, act, client_id=client_id, scope="breakout.extend")


def pause(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Let the time of all groups stand still; what is left stays left. Pausing twice is pausing once."""

    def act(tx: Transaction, layout: Layout, current: BreakoutRound, moment: datetime) -> None:
        if layout.breakout.paused_at is None:
            layout.breakout.paused_at = moment
            _tell(tx, layout, current, "paused", actor_id=ctx.user.id)

    return _steer(ctx, session_id, breakout_id, act, client_id=client_id, scope="breakout.pause")


def resume(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Let the time go on where it stood still."""

    def act(tx: Transaction, layout: Layout, current: BreakoutRound, moment: datetime) -> None:
        if _resume(tx, layout, current, moment):
            _tell(tx, layout, current, "resumed", actor_id=ctx.user.id)

    return _steer(ctx, session_id, breakout_id, act, client_id=client_id, scope="breakout.resume")


def end_breakout(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Bring everybody back to the session; one that did not start is put away. Ending twice is ending once."""
    with transaction() as tx:
        _session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.end")
        if claim.object_id is None:
            close(tx, layout, clock.now(), actor_id=ctx.user.id)
            claim.settle(layout.breakout.id)
    return layout


def end_with_session(tx: Transaction, session: LiveSession, *, actor_id: int | None) -> None:
    """End what is left of a breakout inside the transaction that ends its session."""
    layout = find_layout(session.id)
    if layout is not None and layout.breakout.state != BreakoutState.ENDED:
        move_on(tx, layout)
        close(tx, layout, clock.now(), actor_id=actor_id)


def move_on(tx: Transaction, layout: Layout) -> bool:
    """Begin and end the rounds whose time has come, each at its own time; tell whether there was anything."""
    moment, moved = clock.now(), False
    while (current := layout.current) is not None and layout.breakout.paused_at is None:
        if current.state == RoundState.PLANNED and current.starts_at is not None and current.starts_at <= moment:
            _begin(tx, layout, current, current.starts_at, actor_id=None)
        elif current.state == RoundState.RUNNING and current.ends_at is not None and current.ends_at <= moment:
            _finish(tx, layout, current, current.ends_at, actor_id=None)
        else:
            break
        moved = True
    _set_due(layout)
    tx.session.flush()
    return moved


def close(tx: Transaction, layout: Layout, moment: datetime, *, actor_id: int | None) -> None:
    """End a breakout at *moment*; a round that runs ends with it."""
    breakout, current = layout.breakout, layout.current
    if breakout.state == BreakoutState.ENDED:
        return
    if current is not None:
        _resume(tx, layout, current, moment)
        if current.state == RoundState.RUNNING:
            _end_round(tx, layout, current, moment)
        current.starts_at = current.starts_at if current.state == RoundState.ENDED else None
    breakout.state, breakout.ended_at, breakout.paused_at = BreakoutState.ENDED, moment, None
    _set_due(layout)
    tx.record(events.BreakoutEnded(actor_id=actor_id, **_about(layout)))


def end_access(tx: Transaction, layout: Layout, *, user_id: int, group_id: int) -> None:
    """Have the sockets of somebody looked at who may no longer follow a group."""
    tx.record(events.GroupAccessEnded(actor_id=None, user_id=user_id, group_id=group_id, **_about(layout)))


Act = Callable[[Transaction, Layout, BreakoutRound, datetime], None]


def _steer(
    ctx: RoomContext, session_id: int, breakout_id: int, act: Act, *, client_id: str | None, scope: str
) -> Layout:
    with transaction() as tx:
        _session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, scope)
        if claim.object_id is not None:
            return layout
        current = layout.current
        if current is None:
            raise Conflict("No round is under way. Start the breakout first, or make a new one.")
        act(tx, layout, current, clock.now())
        move_on(tx, layout)
        claim.settle(layout.breakout.id)
    return layout


def _require_running(current: BreakoutRound) -> None:
    if current.state != RoundState.RUNNING:
        raise Conflict("Places are being changed; the next round has not begun yet.")


def _begin(tx: Transaction, layout: Layout, current: BreakoutRound, moment: datetime, *, actor_id: int | None) -> None:
    current.state, current.started_at = RoundState.RUNNING, moment
    current.ends_at = moment + timedelta(seconds=layout.breakout.round_seconds)
    _tell(tx, layout, current, "begun", actor_id=actor_id)


def _finish(tx: Transaction, layout: Layout, current: BreakoutRound, moment: datetime, *, actor_id: int | None) -> None:
    _end_round(tx, layout, current, moment)
    following = layout.current
    if following is None or _all_have_met(layout):
        close(tx, layout, moment, actor_id=actor_id)
        return
    following.starts_at = moment + timedelta(seconds=layout.breakout.changeover_seconds)
    _tell(tx, layout, current, "ended", actor_id=actor_id)


def _end_round(tx: Transaction, layout: Layout, current: BreakoutRound, moment: datetime) -> None:
    current.state = RoundState.ENDED
    current.ended_at = max(moment, current.started_at or moment)
    experts = {one.id: one.expert_id for one in layout.stations}
    for meeting in layout.meetings_in(current.id):
        expert_id = experts.get(meeting.station_id)
        if expert_id is not None:
            end_access(tx, layout, user_id=expert_id, group_id=meeting.group_id)


def _all_have_met(layout: Layout) -> bool:
    """Tell whether a rotation has nothing left to do: everybody there met everybody there."""
    groups = [one.id for one in layout.groups if one.gone_at is None]
    stations = [one.id for one in layout.stations if one.gone_at is None]
    over = {one.id for one in layout.rounds if one.state == RoundState.ENDED}
    met = {(one.group_id, one.station_id) for one in layout.meetings if one.round_id in over}
    pairs = {(group, station) for group in groups for station in stations}
    return layout.breakout.kind == BreakoutKind.ROTATION and bool(pairs) and pairs <= met


def _resume(tx: Transaction, layout: Layout, current: BreakoutRound, moment: datetime) -> bool:
    paused_at = layout.breakout.paused_at
    if paused_at is None:
        return False
    stood = max(moment - paused_at, timedelta())
    layout.breakout.paused_at = None
    if current.state == RoundState.RUNNING:
        assert current.ends_at is not None
        current.ends_at += stood
        tx.add(RoundPause(round_id=current.id, began_at=paused_at, ended_at=paused_at + stood))
    elif current.starts_at is not None:
        current.starts_at += stood
    return True


def _set_due(layout: Layout) -> None:
    current = layout.current
    due = None
    if current is not None and layout.breakout.paused_at is None:
        due = current.starts_at if current.state == RoundState.PLANNED else current.ends_at
    layout.breakout.due_at = due


def _tell(tx: Transaction, layout: Layout, current: BreakoutRound, change: str, *, actor_id: int | None) -> None:
    tx.record(events.RoundChanged(actor_id=actor_id, round_id=current.id, change=change, **_about(layout)))


def _about(layout: Layout) -> dict[str, int]:
    breakout = layout.breakout
    return {"room_id": breakout.room_id, "session_id": breakout.session_id, "breakout_id": breakout.id}
