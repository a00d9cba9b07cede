"""Messages inside a group: its chat and its notes."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.breakouts import group_messages_by_id, groups_by_id
from social_cme.live.queries.sessions import enter_session
from social_cme.live.services import groups
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages inside a group."""

    @gateway.on("group.post", schemas.PostInGroup)
    def post(actor: Any, message: schemas.PostInGroup) -> Answer:
        ctx = enter_session(actor, message.session_id)
        row = groups.post_message(
            ctx,
            message.session_id,
            message.group_id,
            body=message.body,
            attested=message.attested,
            client_id=message.client_id,
        )
        return _chat(row.id)

    @gateway.on("group.hide", schemas.HideInGroup)
    def hide(actor: Any, message: schemas.HideInGroup) -> Answer:
        ctx = enter_session(actor, message.session_id)
        row = groups.hide_message(
            ctx,
            message.session_id,
            message.group_id,
            message.message_id,
            reason=message.reason,
            client_id=message.client_id,
        )
        return _chat(row.id)

    @gateway.on("group.save_notes", schemas.SaveNotes)
    def save_notes(actor: Any, message: schemas.SaveNotes) -> Answer:
        ctx = enter_session(actor, message.session_id)
        group = groups.save_notes(
            ctx,
            message.session_id,
            message.group_id,
            notes=message.notes,
            revision=message.revision,
            attested=message.attested,
            client_id=message.client_id,
        )
        return {"notes": schemas.NotesOut.of(groups_by_id([group.id])[group.id]).model_dump(mode="json")}


def _chat(message_id: int) -> Answer:
    shown = schemas.GroupLineOut.of(group_messages_by_id([message_id])[message_id])
    return {"chat": shown.model_dump(mode="json")}
