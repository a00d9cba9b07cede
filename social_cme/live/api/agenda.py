"""The agenda: show, plan, go through, correct."""

from __future__ import annotations

from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.queries import agenda as reads
from social_cme.live.queries import sessions
from social_cme.live.services import agenda
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import endpoint

SEGMENT = f"{SESSION}/segments/<id:segment_id>"


@endpoint(bp, f"{SESSION}/agenda", "GET", result=schemas.AgendaOut, public=True)
def show_agenda(slug: str, session_id: int) -> schemas.AgendaOut:
    """Show the segments of a session with what their minutes add up to."""
    return _agenda(sessions.access_session(read_room(current_actor(), slug), session_id).id)


@endpoint(
    bp,
    f"{SESSION}/agenda",
    "PUT",
    result=schemas.AgendaOut,
    body=schemas.AgendaBody,
    scope=WRITE,
    errors=(422,),
)
def set_agenda(slug: str, session_id: int, body: schemas.AgendaBody) -> schemas.AgendaOut:
    """Replace the agenda; what has begun stays in it."""
    ctx = read_room(current_actor(), slug)
    segments = [segment.plan() for segment in body.segments]
    return _agenda(agenda.set_agenda(ctx, session_id, segments=segments, client_id=body.client_id).id)


@endpoint(bp, f"{SESSION}/segments/next", "POST", result=schemas.AgendaOut, scope=WRITE)
def start_next_segment(slug: str, session_id: int) -> schemas.AgendaOut:
    """Make the next segment of the agenda the current one."""
    return _agenda(agenda.move_to_segment(read_room(current_actor(), slug), session_id).id)


@endpoint(bp, f"{SEGMENT}/start", "POST", result=schemas.AgendaOut, scope=WRITE)
def start_segment(slug: str, session_id: int, segment_id: int) -> schemas.AgendaOut:
    """Make a segment the current one."""
    return _agenda(agenda.move_to_segment(read_room(current_actor(), slug), session_id, segment_id).id)


@endpoint(bp, SEGMENT, "PATCH", result=schemas.AgendaOut, body=schemas.CorrectionBody, scope=WRITE, errors=(422,))
def correct_segment(slug: str, session_id: int, segment_id: int, body: schemas.CorrectionBody) -> schemas.AgendaOut:
    """Say anew whether a segment counts and was interactive; everybody's time is settled again."""
    ctx = read_room(current_actor(), slug)
    values = {"countable": body.countable, "interactive": body.interactive}
    return _agenda(agenda.correct_segment(ctx, session_id, segment_id, **values, client_id=body.client_id).id)


def _agenda(session_id: int) -> schemas.AgendaOut:
    return schemas.AgendaOut.of(reads.load_agenda(session_id))
