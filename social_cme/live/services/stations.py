"""The stations of a rotation: added, lost, back again. Rule: a change heals the plan from the next round on."""

from __future__ import annotations

from dataclasses import dataclass

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.live import rules
from social_cme.live.enums import BreakoutKind
from social_cme.live.models import LiveSession, Station
from social_cme.live.queries.breakouts import Layout, load_layout, members_among
from social_cme.live.services.breakouts import open_breakout, refresh_plan, tell_plan
from social_cme.live.services.placing import cut_meeting
from social_cme.live.services.rounds import end_access, lead_breakout
from social_cme.live.services.texts import optional_text, required_line
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class StationPlan:
    """What a station is called, what it is about, and who is there."""

    name: str
    topic: str = ""
    expert_id: int | None = None


def add_station(
    ctx: RoomContext, session_id: int, breakout_id: int, *, station: StationPlan, client_id: str | None = None
) -> Layout:
    """Add a station, also while rounds run: groups go there from the next round on."""
    name = required_line(station.name, field="name", limit=rules.MAX_STATION_NAME, name="a name")
    topic = " ".join(optional_text(station.topic, field="topic", limit=rules.MAX_TOPIC, name="a topic").split())
    with transaction() as tx:
        session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.add_station")
        if claim.object_id is not None:
            return layout
        breakout = open_breakout(layout)
        if breakout.kind != BreakoutKind.ROTATION:
            raise Conflict("Only a rotation has stations. Make one of that kind.")
        if sum(one.gone_at is None for one in layout.stations) >= rules.MAX_STATIONS:
            raise Conflict(f"There can be at most {rules.MAX_STATIONS} stations.")
        if station.expert_id is not None:
            _check_expert(session, layout, station.expert_id)
        row = Station(
            breakout_id=breakout.id,
            session_id=session.id,
            room_id=ctx.room_id,
            position=len(layout.stations) + 1,
            name=name,
            topic=topic,
            expert_id=station.expert_id,
        )
        tx.add(row)
        layout.stations.append(row)
        _replan(tx, layout, actor_id=ctx.user.id)
        claim.settle(breakout.id)
        return load_layout(breakout)


def drop_station(
    ctx: RoomContext, session_id: int, breakout_id: int, *, station_id: int, client_id: str | None = None
) -> Layout:
    """Take out a station that was lost; its group waits for the next round, and the plan heals."""
    with transaction() as tx:
        _session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.drop_station")
        if claim.object_id is not None:
            return layout
        open_breakout(layout)
        station = _station(layout, station_id)
        if station.gone_at is None:
            station.gone_at = clock.now()
            _end_reading(tx, layout, station)
            cut_meeting(layout, clock.now(), station_id=station.id)
            _replan(tx, layout, actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
        return load_layout(layout.breakout)


def return_station(
    ctx: RoomContext, session_id: int, breakout_id: int, *, station_id: int, client_id: str | None = None
) -> Layout:
    """Take a lost station in again; it meets those whom it has not met."""
    with transaction() as tx:
        _session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.return_station")
        if claim.object_id is not None:
            return layout
        open_breakout(layout)
        station = _station(layout, station_id)
        if station.gone_at is not None:
            if layout.station_of(station.expert_id) is not None and station.expert_id is not None:
                raise Conflict("This expert is at another station now.")
            station.gone_at = None
            _replan(tx, layout, actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
        return load_layout(layout.breakout)


def _check_expert(session: LiveSession, layout: Layout, expert_id: int) -> None:
    problem = None
    if not members_among(session, [expert_id]):
        problem = "Choose a member of this room."
    elif layout.group_of(expert_id) is not None:
        problem = "This person is in a group. Take them out first."
    elif layout.station_of(expert_id) is not None:
        problem = "This person is at another station already."
    if problem is not None:
        raise Invalid(problem, fields={"expert_id": [problem]})


def _station(layout: Layout, station_id: int) -> Station:
    station = next((one for one in layout.stations if one.id == station_id), None)
    if station is None:
        raise NotFound
    return station


def _end_reading(tx: Transaction, layout: Layout, station: Station) -> None:
    current = layout.current
    if current is None or station.expert_id is None:
        return
    for meeting in layout.meetings_in(current.id):
        if meeting.station_id == station.id:
            end_access(tx, layout, user_id=station.expert_id, group_id=meeting.group_id)


def _replan(tx: Transaction, layout: Layout, *, actor_id: int) -> None:
    refresh_plan(tx, layout)
    tell_plan(tx, layout.breakout, actor_id=actor_id)
