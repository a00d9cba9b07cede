"""Messages about being there: heartbeat, a sign of life, and whether the connection works."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.sessions import enter_session
from social_cme.live.services import attendance
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages about being there."""

    @gateway.on("session.heartbeat", schemas.Heartbeat)
    def heartbeat(actor: Any, message: schemas.Heartbeat) -> Answer:
        return asdict(attendance.heartbeat(enter_session(actor, message.session_id), message.session_id))

    @gateway.on("session.still_here", schemas.ConfirmPresence)
    def still_here(actor: Any, message: schemas.ConfirmPresence) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return asdict(attendance.confirm_presence(ctx, message.session_id, client_id=message.client_id))

    @gateway.on("session.check", schemas.CheckConnection)
    def check(actor: Any, message: schemas.CheckConnection) -> Answer:
        enter_session(actor, message.session_id)
        return {}
