"""Sessions: plan, show, lead, come."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.api import SESSION, SESSIONS, WRITE, bp
from social_cme.live.enums import ChangeScope
from social_cme.live.queries import board, sessions
from social_cme.live.services import leading, pausing, rounds, rsvps, schedule, series
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import PageQuery, endpoint


@endpoint(bp, SESSIONS, "GET", result=schemas.SessionPage, query=PageQuery, public=True)
def list_sessions(slug: str, query: PageQuery) -> schemas.SessionPage:
    """List the sessions of a room, the latest start first."""
    page = sessions.list_sessions(read_room(current_actor(), slug), cursor=query.cursor, limit=query.limit)
    mentors = sessions.list_mentors([session.id for session in page.items])
    items = [schemas.SessionOut.of(session, mentors[session.id]) for session in page.items]
    return schemas.SessionPage(items=items, next_cursor=page.next_cursor)


@endpoint(
    bp, SESSIONS, "POST", result=schemas.SessionOut, body=schemas.PlanBody, status=201, scope=WRITE, errors=(422,)
)
def create_session(slug: str, body: schemas.PlanBody) -> schemas.SessionOut:
    """Plan a session, or with a recurrence a series, whose first session is returned."""
    ctx = read_room(current_actor(), slug)
    if body.recurrence is not None:
        found = series.schedule_series(ctx, plan=_plan(body), rule=body.recurrence, client_id=body.client_id)
        return _session(found[0])
    return _session(schedule.schedule_session(ctx, plan=_plan(body), client_id=body.client_id))


@endpoint(bp, SESSION, "GET", result=schemas.SessionOut, public=True)
def show_session(slug: str, session_id: int) -> schemas.SessionOut:
    """Show a session."""
    return _session(sessions.access_session(read_room(current_actor(), slug), session_id))


@endpoint(bp, SESSION, "PATCH", result=schemas.SessionOut, body=schemas.PlanPatch, scope=WRITE, errors=(422,))
def edit_session(slug: str, session_id: int, body: schemas.PlanPatch) -> schemas.SessionOut:
    """Change a session, or it and all that follow it in its series; what is left out stays as it is."""
    ctx = read_room(current_actor(), slug)
    known = schedule.current_plan(ctx, session_id)
    changes = body.model_dump(exclude_unset=True, exclude={"scope"})
    if body.segments is not None:
        changes["segments"] = [segment.plan() for segment in body.segments]
    empties = {"capacity", "still_here_minutes"}
    kept = {name: value for name, value in changes.items() if value is not None or name in empties}
    plan = known.changed(**{name: _as_tuple(value) for name, value in kept.items()})
    if body.scope == ChangeScope.FOLLOWING:
        return _session(series.edit_following(ctx, session_id, plan=plan)[0])
    return _session(schedule.edit_session(ctx, session_id, plan=plan))


@endpoint(
    bp, f"{SESSION}/cancel", "POST", result=schemas.SessionOut, body=schemas.CancelBody, scope=WRITE, errors=(422,)
)
def cancel_session(slug: str, session_id: int, body: schemas.CancelBody) -> schemas.SessionOut:
    """Call a planned session off, or it and all that follow it in its series."""
    ctx = read_room(current_actor(), slug)
    if body.scope == ChangeScope.FOLLOWING:
        found = series.cancel_following(ctx, session_id, reason=body.reason, client_id=body.client_id)
        return _session(found[0] if found else sessions.access_session(ctx, session_id))
    return _session(schedule.cancel_session(ctx, session_id, reason=body.reason, client_id=body.client_id))


@endpoint(bp, f"{SESSION}/start", "POST", result=schemas.SessionOut, scope=WRITE)
def start_session(slug: str, session_id: int) -> schemas.SessionOut:
    """Start a session."""
    return _session(leading.start_session(read_room(current_actor(), slug), session_id))


@endpoint(
    bp, f"{SESSION}/extend", "POST", result=schemas.SessionOut, body=schemas.ExtendBody, scope=WRITE, errors=(422,)
)
def extend_session(slug: str, session_id: int, body: schemas.ExtendBody) -> schemas.SessionOut:
    """Move the end of a running session."""
    ctx = read_room(current_actor(), slug)
    return _session(leading.extend_session(ctx, session_id, minutes=body.minutes, client_id=body.client_id))


@endpoint(bp, f"{SESSION}/pause", "POST", result=schemas.SessionOut, scope=WRITE)
def pause_session(slug: str, session_id: int) -> schemas.SessionOut:
    """Pause a running session; nothing counts until it is resumed."""
    return _session(pausing.pause_session(read_room(current_actor(), slug), session_id))


@endpoint(bp, f"{SESSION}/resume", "POST", result=schemas.SessionOut, scope=WRITE)
def resume_session(slug: str, session_id: int) -> schemas.SessionOut:
    """Resume a paused session; its end moves by the length of the pause."""
    return _session(pausing.resume_session(read_room(current_actor(), slug), session_id))


@endpoint(bp, f"{SESSION}/end", "POST", result=schemas.SessionOut, scope=WRITE)
def end_session(slug: str, session_id: int) -> schemas.SessionOut:
    """End a session; its questions become threads."""
    return _session(leading.end_session(read_room(current_actor(), slug), session_id))


@endpoint(bp, f"{SESSION}/state", "GET", result=schemas.BoardOut, public=True)
def show_state(slug: str, session_id: int) -> schemas.BoardOut:
    """Show a session with its questions, the last 50 lines of chat and one's own votes, as of ``seq``."""
    ctx = read_room(current_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    rounds.catch_up(session.id)
    return schemas.BoardOut.of(board.load_board(ctx, session))


@endpoint(bp, f"{SESSION}/rsvp", "PUT", result=schemas.SessionOut, scope=WRITE)
def give_rsvp(slug: str, session_id: int) -> schemas.SessionOut:
    """Say that one will come; where every place is taken one waits for the next."""
    return _session(rsvps.set_rsvp(read_room(current_actor(), slug), session_id, going=True))


@endpoint(bp, f"{SESSION}/rsvp", "DELETE", result=schemas.SessionOut, scope=WRITE)
def withdraw_rsvp(slug: str, session_id: int) -> schemas.SessionOut:
    """Say that one will not come."""
    return _session(rsvps.set_rsvp(read_room(current_actor(), slug), session_id, going=False))


def _plan(body: schemas.PlanBody) -> schedule.Plan:
    values = body.model_dump(exclude={"client_id", "recurrence"})
    values["segments"] = [segment.plan() for segment in body.segments]
    return schedule.Plan(**{name: _as_tuple(value) for name, value in values.items()})


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _session(session: Any) -> schemas.SessionOut:
    return schemas.SessionOut.of(session, sessions.list_mentors([session.id])[session.id])
