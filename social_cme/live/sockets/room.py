"""Messages about a session as a whole: start, extend, pause, resume, end."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.sessions import enter_session, list_mentors
from social_cme.live.services import leading, pausing
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages about a session as a whole."""

    @gateway.on("session.start", schemas.StartSession)
    def start(actor: Any, message: schemas.StartSession) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _session(leading.start_session(ctx, message.session_id))

    @gateway.on("session.extend", schemas.ExtendSession)
    def extend(actor: Any, message: schemas.ExtendSession) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _session(
            leading.extend_session(ctx, message.session_id, minutes=message.minutes, client_id=message.client_id)
        )

    @gateway.on("session.pause", schemas.PauseSession)
    def pause(actor: Any, message: schemas.PauseSession) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _session(pausing.pause_session(ctx, message.session_id, client_id=message.client_id))

    @gateway.on("session.resume", schemas.ResumeSession)
    def resume(actor: Any, message: schemas.ResumeSession) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _session(pausing.resume_session(ctx, message.session_id, client_id=message.client_id))

    @gateway.on("session.end", schemas.EndSession)
    def end(actor: Any, message: schemas.EndSession) -> Answer:
        return _session(leading.end_session(enter_session(actor, message.session_id), message.session_id))


def _session(session: Any) -> Answer:
    shown = schemas.SessionOut.of(session, list_mentors([session.id])[session.id])
    return {"session": shown.model_dump(mode="json")}
