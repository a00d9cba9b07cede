"""Breakouts: make, form, steer, place people, heal."""

from __future__ import annotations

from typing import Any

from social_cme.core.errors import NotFound
from social_cme.core.permissions import require
from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.policies import can_lead
from social_cme.live.queries import breakouts as reading
from social_cme.live.queries import sessions
from social_cme.live.queries.rounds import list_attended
from social_cme.live.services import breakouts, placing, rounds, stations
from social_cme.live.services.breakouts import Timing
from social_cme.live.services.stations import StationPlan
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ClientBody, endpoint

BREAKOUTS = f"{SESSION}/breakouts"
BREAKOUT = f"{BREAKOUTS}/<id:breakout_id>"
STATION = f"{BREAKOUT}/stations/<id:station_id>"
GROUP = f"{BREAKOUT}/groups/<id:group_id>"
COMMAND: dict[str, Any] = {"result": schemas.LayoutOut, "scope": WRITE, "errors": (422,)}


def _ctx(slug: str) -> RoomContext:
    return read_room(current_actor(), slug)


@endpoint(bp, BREAKOUTS, "GET", result=schemas.LayoutOut, public=True)
def show_breakout(slug: str, session_id: int) -> schemas.LayoutOut:
    """Show the latest breakout of a session with its groups, stations and rounds."""
    session = sessions.access_session(_ctx(slug), session_id)
    rounds.catch_up(session.id)
    return _shown(reading.find_layout(session_id))


@endpoint(bp, BREAKOUTS, "POST", body=schemas.CreateBody, status=201, **COMMAND)
def create_breakout(slug: str, session_id: int, body: schemas.CreateBody) -> schemas.LayoutOut:
    """Make a breakout: groups alone, or a rotation from station to station."""
    timing = Timing(body.rounds, body.round_seconds, body.changeover_seconds)
    return _shown(
        breakouts.create_breakout(_ctx(slug), session_id, kind=body.kind, timing=timing, client_id=body.client_id)
    )


@endpoint(bp, f"{BREAKOUT}/form", "POST", body=schemas.FormBody, **COMMAND)
def form_groups(slug: str, session_id: int, breakout_id: int, body: schemas.FormBody) -> schemas.LayoutOut:
    """Form the groups anew, before the start."""
    return _shown(breakouts.form(_ctx(slug), session_id, breakout_id, **body.model_dump()))


@endpoint(bp, f"{BREAKOUT}/start", "POST", body=ClientBody, **COMMAND)
def start_breakout(slug: str, session_id: int, breakout_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Send everybody to the groups; the first round begins after one changeover."""
    return _shown(rounds.start(_ctx(slug), session_id, breakout_id, client_id=body.client_id))


@endpoint(bp, f"{BREAKOUT}/next", "POST", body=ClientBody, **COMMAND)
def next_step(slug: str, session_id: int, breakout_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Go on at once: from the changeover into the round, from the round into the changeover."""
    return _shown(rounds.next_step(_ctx(slug), session_id, breakout_id, client_id=body.client_id))


@endpoint(bp, f"{BREAKOUT}/end-round", "POST", body=ClientBody, **COMMAND)
def end_round(slug: str, session_id: int, breakout_id: int, body: ClientBody) -> schemas.LayoutOut:
    """End the running round before its time."""
    return _shown(rounds.end_round(_ctx(slug), session_id, breakout_id, client_id=body.client_id))


@endpoint(bp, f"{BREAKOUT}/extend", "POST", body=schemas.ExtendRoundBody, **COMMAND)
def extend_round(slug: str, session_id: int, breakout_id: int, body: schemas.ExtendRoundBody) -> schemas.LayoutOut:
    """Give the running round more minutes."""
    return _shown(rounds.extend_round(_ctx(slug), session_id, breakout_id, **body.model_dump()))


@endpoint(bp, f"{BREAKOUT}/pause", "POST", body=ClientBody, **COMMAND)
def pause_round(slug: str, session_id: int, breakout_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Let the time of all groups stand still."""
    return _shown(rounds.pause(_ctx(slug), session_id, breakout_id, client_id=body.client_id))


@endpoint(bp, f"{BREAKOUT}/resume", "POST", body=ClientBody, **COMMAND)
def resume_round(slug: str, session_id: int, breakout_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Let the time go on where it stood still."""
    return _shown(rounds.resume(_ctx(slug), session_id, breakout_id, client_id=body.client_id))


@endpoint(bp, f"{BREAKOUT}/end", "POST", body=ClientBody, **COMMAND)
def end_breakout(slug: str, session_id: int, breakout_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Bring everybody back to the session."""
    return _shown(rounds.end_breakout(_ctx(slug), session_id, breakout_id, client_id=body.client_id))


@endpoint(bp, f"{BREAKOUT}/rounds", "POST", body=ClientBody, status=201, **COMMAND)
def add_round(slug: str, session_id: int, breakout_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Add a round at the end."""
    return _shown(breakouts.add_round(_ctx(slug), session_id, breakout_id, client_id=body.client_id))


@endpoint(bp, f"{BREAKOUT}/stations", "POST", body=schemas.StationBody, status=201, **COMMAND)
def add_station(slug: str, session_id: int, breakout_id: int, body: schemas.StationBody) -> schemas.LayoutOut:
    """Add a station; groups go there from the next round on."""
    station = StationPlan(body.name, body.topic, body.expert_id)
    return _shown(stations.add_station(_ctx(slug), session_id, breakout_id, station=station, client_id=body.client_id))


@endpoint(bp, f"{STATION}/drop", "POST", body=ClientBody, **COMMAND)
def drop_station(slug: str, session_id: int, breakout_id: int, station_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Take out a station that was lost; the plan heals."""
    return _shown(
        stations.drop_station(_ctx(slug), session_id, breakout_id, station_id=station_id, client_id=body.client_id)
    )


@endpoint(bp, f"{STATION}/return", "POST", body=ClientBody, **COMMAND)
def return_station(
    slug: str, session_id: int, breakout_id: int, station_id: int, body: ClientBody
) -> schemas.LayoutOut:
    """Take a lost station in again."""
    return _shown(
        stations.return_station(_ctx(slug), session_id, breakout_id, station_id=station_id, client_id=body.client_id)
    )


@endpoint(bp, f"{BREAKOUT}/groups", "POST", body=ClientBody, status=201, **COMMAND)
def add_group(slug: str, session_id: int, breakout_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Add an empty group, for people who come late."""
    return _shown(placing.new_group(_ctx(slug), session_id, breakout_id, client_id=body.client_id))


@endpoint(bp, f"{GROUP}/drop", "POST", body=ClientBody, **COMMAND)
def drop_group(slug: str, session_id: int, breakout_id: int, group_id: int, body: ClientBody) -> schemas.LayoutOut:
    """Take a group out; the others' plan heals."""
    return _shown(placing.drop_group(_ctx(slug), session_id, breakout_id, group_id=group_id, client_id=body.client_id))


@endpoint(bp, GROUP, "PATCH", body=schemas.NameBody, **COMMAND)
def rename_group(
    slug: str, session_id: int, breakout_id: int, group_id: int, body: schemas.NameBody
) -> schemas.LayoutOut:
    """Give a group another name."""
    return _shown(placing.rename_group(_ctx(slug), session_id, breakout_id, group_id=group_id, **body.model_dump()))


@endpoint(bp, f"{BREAKOUT}/me", "PUT", result=schemas.LayoutOut, scope=WRITE)
def join_groups(slug: str, session_id: int, breakout_id: int) -> schemas.LayoutOut:
    """Come into the smallest group."""
    return _shown(placing.join(_ctx(slug), session_id, breakout_id))


@endpoint(bp, f"{BREAKOUT}/me", "DELETE", result=schemas.LayoutOut, scope=WRITE)
def leave_group(slug: str, session_id: int, breakout_id: int) -> schemas.LayoutOut:
    """Leave one's group."""
    return _shown(placing.leave(_ctx(slug), session_id, breakout_id))


@endpoint(bp, f"{BREAKOUT}/people/<id:user_id>", "PUT", body=schemas.MoveBody, **COMMAND)
def move_person(
    slug: str, session_id: int, breakout_id: int, user_id: int, body: schemas.MoveBody
) -> schemas.LayoutOut:
    """Put somebody into a group, or without one take them out of theirs."""
    return _shown(placing.move(_ctx(slug), session_id, breakout_id, user_id=user_id, **body.model_dump()))


@endpoint(bp, f"{BREAKOUT}/attendance", "GET", result=schemas.AttendedList)
def list_round_attendance(slug: str, session_id: int, breakout_id: int) -> schemas.AttendedList:
    """List who attended which round how long, measured; for who leads."""
    ctx = _ctx(slug)
    session = sessions.access_session(ctx, session_id)
    require(can_lead(ctx, sessions.mentor_ids(session.id)))
    return _attended(session, breakout_id, None)


@endpoint(bp, f"{BREAKOUT}/attendance/me", "GET", result=schemas.AttendedList)
def list_own_round_attendance(slug: str, session_id: int, breakout_id: int) -> schemas.AttendedList:
    """List which rounds one attended oneself, and how long."""
    session = sessions.access_session(_ctx(slug), session_id)
    return _attended(session, breakout_id, require_actor().id)


def _attended(session: Any, breakout_id: int, user_id: int | None) -> schemas.AttendedList:
    layout = reading.load_layout(reading.access_breakout(session, breakout_id))
    return schemas.AttendedList(items=[schemas.AttendedOut.of(one) for one in list_attended(layout, user_id=user_id)])


def _shown(layout: Any) -> schemas.LayoutOut:
    if layout is None:
        return schemas.LayoutOut.of(None)
    found = reading.layouts_by_id([layout.breakout.id]).get(layout.breakout.id)
    if found is None:
        raise NotFound
    return schemas.LayoutOut.of(found)
