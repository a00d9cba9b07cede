"""What a group writes: its chat and its notes."""

from __future__ import annotations

from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.queries import breakouts as reading
from social_cme.live.queries import groups as group_queries
from social_cme.live.queries import sessions
from social_cme.live.services import groups
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import PageQuery, endpoint

GROUP = f"{SESSION}/groups/<id:group_id>"


@endpoint(bp, GROUP, "GET", result=schemas.GroupBoardOut, query=PageQuery)
def show_group(slug: str, session_id: int, group_id: int, query: PageQuery) -> schemas.GroupBoardOut:
    """Show a group's notes and its chat, oldest first; ``cursor`` is ``earlier_chat`` of the answer before."""
    ctx = read_room(current_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    board = group_queries.load_group(ctx, session, group_id, cursor=query.cursor, limit=query.limit)
    return schemas.GroupBoardOut.of(board)


@endpoint(
    bp,
    f"{GROUP}/chat",
    "POST",
    result=schemas.GroupLineOut,
    body=schemas.ChatBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def post_in_group(slug: str, session_id: int, group_id: int, body: schemas.ChatBody) -> schemas.GroupLineOut:
    """Write in a group's chat."""
    ctx = read_room(current_actor(), slug)
    message = groups.post_message(
        ctx, session_id, group_id, body=body.body, attested=body.attested, client_id=body.client_id
    )
    return _chat(message.id)


@endpoint(
    bp,
    f"{GROUP}/chat/<id:message_id>/hide",
    "POST",
    result=schemas.GroupLineOut,
    body=schemas.ReasonBody,
    scope=WRITE,
    errors=(422,),
)
def hide_in_group(
    slug: str, session_id: int, group_id: int, message_id: int, body: schemas.ReasonBody
) -> schemas.GroupLineOut:
    """Take a line of a group's chat off the screen."""
    ctx = read_room(current_actor(), slug)
    message = groups.hide_message(ctx, session_id, group_id, message_id, reason=body.reason, client_id=body.client_id)
    return _chat(message.id)


@endpoint(bp, f"{GROUP}/notes", "PUT", result=schemas.NotesOut, body=schemas.NotesBody, scope=WRITE, errors=(422,))
def save_group_notes(slug: str, session_id: int, group_id: int, body: schemas.NotesBody) -> schemas.NotesOut:
    """Save a group's notes; 409 with the present ones in ``details`` when somebody saved in between."""
    ctx = read_room(current_actor(), slug)
    group = groups.save_notes(
        ctx,
        session_id,
        group_id,
        notes=body.notes,
        revision=body.revision,
        attested=body.attested,
        client_id=body.client_id,
    )
    return schemas.NotesOut.of(reading.groups_by_id([group.id])[group.id])


def _chat(message_id: int) -> schemas.GroupLineOut:
    return schemas.GroupLineOut.of(reading.group_messages_by_id([message_id])[message_id])
