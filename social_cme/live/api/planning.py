"""What belongs to the planning of sessions: series and the sheet of who leads."""

from __future__ import annotations

from social_cme.live import schemas
from social_cme.live.api import SESSION, bp
from social_cme.live.queries import series, sessions
from social_cme.live.queries.prep import load_prep
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import endpoint


@endpoint(bp, "/rooms/<slug:slug>/series/<id:series_id>", "GET", result=schemas.SeriesOut, public=True)
def show_series(slug: str, series_id: int) -> schemas.SeriesOut:
    """Show a series with all of its sessions."""
    ctx = read_room(current_actor(), slug)
    one = series.access_series(ctx, series_id)
    found = series.list_sessions_of(ctx, one.id)
    return schemas.SeriesOut.of(one, found, sessions.list_mentors([session.id for session in found]))


@endpoint(bp, f"{SESSION}/prep", "GET", result=schemas.PrepOut)
def show_prep(slug: str, session_id: int) -> schemas.PrepOut:
    """Show what who leads a session wants to know before it: questions, duplicates, what waits, disclosures, who will come."""
    ctx = read_room(current_actor(), slug)
    return schemas.PrepOut.of(load_prep(ctx, sessions.access_session(ctx, session_id)))
