"""Attendance: be there, how one's minutes came about, who came, and what a session was like."""

from __future__ import annotations

from dataclasses import asdict

from social_cme.core.permissions import require
from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.policies import can_see_records
from social_cme.live.queries import agenda, counting, records, sessions
from social_cme.live.services import attendance
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import ClientBody, endpoint


@endpoint(bp, f"{SESSION}/heartbeat", "POST", result=schemas.PulseOut, scope=WRITE)
def beat(slug: str, session_id: int) -> schemas.PulseOut:
    """Say that the session is open in front of somebody; every 15 seconds, as the page does."""
    pulse = attendance.heartbeat(read_room(current_actor(), slug), session_id)
    return schemas.PulseOut.model_validate(asdict(pulse))


@endpoint(bp, f"{SESSION}/still-here", "POST", result=schemas.PulseOut, body=ClientBody, scope=WRITE, errors=(422,))
def confirm_presence(slug: str, session_id: int, body: ClientBody) -> schemas.PulseOut:
    """Say that one is still there."""
    ctx = read_room(current_actor(), slug)
    pulse = attendance.confirm_presence(ctx, session_id, client_id=body.client_id)
    return schemas.PulseOut.model_validate(asdict(pulse))


@endpoint(bp, f"{SESSION}/my-minutes", "GET", result=schemas.MinutesOut)
def show_my_minutes(slug: str, session_id: int) -> schemas.MinutesOut:
    """Show how one's own minutes in a session came about, piece by piece."""
    ctx = read_room(current_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    return schemas.MinutesOut.of(counting.account_of(ctx.user.id, session.id))


@endpoint(bp, f"{SESSION}/attendance", "GET", result=schemas.AttendeePage, query=schemas.AttendeesQuery)
def list_attendance(slug: str, session_id: int, query: schemas.AttendeesQuery) -> schemas.AttendeePage:
    """List who came, by name, for those who lead the room."""
    ctx = read_room(current_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    require(can_see_records(ctx))
    page = records.list_attendees(session, cursor=query.cursor, limit=query.limit)
    items = [schemas.AttendeeOut.model_validate(one) for one in page.items]
    return schemas.AttendeePage(items=items, next_cursor=page.next_cursor)


@endpoint(bp, f"{SESSION}/statistics", "GET", result=schemas.StatisticsOut)
def show_statistics(slug: str, session_id: int) -> schemas.StatisticsOut:
    """Show what a session was like, in numbers, for those who lead the room."""
    ctx = read_room(current_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    require(can_see_records(ctx))
    found = records.load_statistics(session, has_agenda=bool(agenda.load_agenda(session.id).segments))
    shown = {name: getattr(found, name) for name in schemas.StatisticsOut.model_fields if name != "over_time"}
    moments = [schemas.MomentOut(at=at, people=people) for at, people in found.over_time]
    return schemas.StatisticsOut(**shown, over_time=moments)
