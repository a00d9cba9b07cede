"""Messages about the agenda."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.agenda import load_agenda
from social_cme.live.queries.sessions import enter_session
from social_cme.live.services import agenda
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages about the agenda."""

    @gateway.on("segment.start", schemas.StartSegment)
    def start(actor: Any, message: schemas.StartSegment) -> Answer:
        ctx = enter_session(actor, message.session_id)
        session = agenda.move_to_segment(ctx, message.session_id, message.segment_id, client_id=message.client_id)
        return {"agenda": schemas.AgendaOut.of(load_agenda(session.id)).model_dump(mode="json")}
