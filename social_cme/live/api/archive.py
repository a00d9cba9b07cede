"""What is kept of a session: transcript and summary."""

from __future__ import annotations

from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.queries.archive import access_archive
from social_cme.live.queries.sessions import access_session
from social_cme.live.queries.transcript import list_transcript
from social_cme.live.services.summing_up import write_summary
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import endpoint


@endpoint(
    bp,
    f"{SESSION}/transcript",
    "GET",
    result=schemas.TranscriptPage,
    query=schemas.TranscriptQuery,
    public=True,
    errors=(422,),
)
def show_transcript(slug: str, session_id: int, query: schemas.TranscriptQuery) -> schemas.TranscriptPage:
    """List what was asked, answered, written, captioned and voted on, in the order of time; ``q`` looks for words."""
    session = access_session(read_room(current_actor(), slug), session_id)
    page = list_transcript(session, words=query.q, cursor=query.cursor, limit=query.limit)
    items = [schemas.LineOut.model_validate(one) for one in page.items]
    return schemas.TranscriptPage(items=items, next_cursor=page.next_cursor)


@endpoint(bp, f"{SESSION}/archive", "GET", result=schemas.ArchiveOut, public=True)
def show_archive(slug: str, session_id: int) -> schemas.ArchiveOut:
    """Show the archive of an ended session: an activity of its own, with the mentor's summary."""
    return schemas.ArchiveOut.of(access_archive(access_session(read_room(current_actor(), slug), session_id)))


@endpoint(
    bp, f"{SESSION}/summary", "PUT", result=schemas.ArchiveOut, body=schemas.SummaryBody, scope=WRITE, errors=(422,)
)
def save_summary(slug: str, session_id: int, body: schemas.SummaryBody) -> schemas.ArchiveOut:
    """Write the summary of an ended session; 409 when somebody else saved since ``revision``."""
    ctx = read_room(current_actor(), slug)
    write_summary(
        ctx, session_id, body=body.body, revision=body.revision, attested=body.attested, client_id=body.client_id
    )
    return schemas.ArchiveOut.of(access_archive(access_session(ctx, session_id)))
