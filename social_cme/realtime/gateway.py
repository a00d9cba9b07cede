"""The socket gateway: authenticates at connect, checks every message, and answers each with an acknowledgement.

Rule: a socket's session is a copy made at connect, so nothing is decided on it. Every event loads the person again and the
handler opens its room again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, request
from flask_socketio import ConnectionRefusedError, join_room, leave_room
from pydantic import BaseModel, Field, ValidationError

from social_cme.core.errors import AppError, NotFound, Unauthenticated
from social_cme.extensions import db, socketio
from social_cme.persistence.facts import FactRecord, facts_since, last_seq
from social_cme.realtime.messages import ChannelKind, Incoming, split_channel, to_message

log = structlog.get_logger(__name__)

REPLAY_LIMIT = 200


class Subscribe(Incoming):
    """Follow a channel from a number on."""

    channel: str = Field(max_length=40)
    since: int = Field(ge=0, lt=2**53)


class Unsubscribe(Incoming):
    """Stop following a channel."""

    channel: str = Field(max_length=40)


Handler = Callable[[Any, Any], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Route:
    """One message that clients may send."""

    event: str
    schema: type[BaseModel]
    handler: Handler


@dataclass(frozen=True, slots=True)
class Identity:
    """How the gateway knows people; the accounts feature supplies it.

    ``at_connect()`` returns ``(user_id, login_id)`` of the cookie, or ``None``; ``by_login(login_id)`` returns the person while
    the log-in is open.
    """

    at_connect: Callable[[], tuple[int, int] | None]
    by_login: Callable[[int], Any | None]


class Gateway:
    """Table of channel kinds and client messages; features add theirs at start."""

    def __init__(self) -> None:
        self.channel_kinds: dict[str, ChannelKind] = {}
        self.routes: dict[str, Route] = {}
        self.identity: Identity | None = None
        self.logins: dict[str, tuple[int, int]] = {}

    def connect(self) -> None:
        """Let a browser with an open log-in in; refuse everybody else."""
        found = self.identity.at_connect() if self.identity is not None else None
        if found is None:
            raise ConnectionRefusedError("unauthenticated")
        self.logins[request.sid] = found  # type: ignore[attr-defined]

    def disconnect(self) -> None:
        """Forget a socket."""
        self.logins.pop(request.sid, None)  # type: ignore[attr-defined]

    def identify(self, sid: str) -> Any | None:
        """Return the person behind a socket as the database knows them now."""
        found = self.logins.get(sid)
        return self.identity.by_login(found[1]) if found is not None and self.identity is not None else None

    def keep_watch(self, app: Flask) -> None:
        """Look after the sockets of this process for as long as it serves."""

    def add_channel_kind(self, kind: ChannelKind) -> None:
        """Add a family of channels."""
        self.channel_kinds[kind.prefix] = kind

    def on(self, event: str, schema: type[BaseModel]) -> Callable[[Handler], Handler]:
        """Register ``handler(actor, message)`` for *event*; it returns what the acknowledgement carries beside ``ok``."""

        def decorate(handler: Handler) -> Handler:
            self.routes[event] = Route(event, schema, handler)
            socketio.on_event(event, lambda *arguments: self.dispatch(event, arguments))
            return handler

        return decorate

    def dispatch(self, event: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Check and carry out one client message; always returns an acknowledgement."""
        route = self.routes[event]
        try:
            payload = arguments[0] if arguments else {}
            message = route.schema.model_validate(payload)
            actor = self.identify(request.sid)  # type: ignore[attr-defined]
            if actor is None:
                raise Unauthenticated("You were logged out. Please log in again.")
            result = route.handler(actor, message) or {}
        except ValidationError as error:
            names = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]})) or "message"
            return refusal("invalid", f"Not of the expected form: {names}.")
        except AppError as error:
            db.session.rollback()
            return refusal(error.code, error.message, fields=error.fields)
        except Exception:
            db.session.rollback()
            log.exception("socket_event_failed", socket_event=event)
            return refusal("error", "Something went wrong on our side. Please try again in a moment.")
        return {"ok": True, **result}

    def authorise(self, actor: Any, channel: str) -> ChannelKind:
        """Return the kind of *channel* if *actor* may follow it; absent and forbidden look the same."""
        parts = split_channel(channel)
        kind = self.channel_kinds.get(parts[0]) if parts else None
        if parts is None or kind is None:
            raise NotFound
        kind.authorise(actor, parts[1])
        return kind


def refusal(code: str, message: str, *, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Build a negative acknowledgement."""
    error: dict[str, Any] = {"code": code, "message": message}
    if fields:
        error["fields"] = fields
    return {"ok": False, "error": error}


gateway = Gateway()


def bind_gateway() -> None:
    """Attach the gateway's own events to the socket server."""
    socketio.on_event("connect", lambda *_: gateway.connect())
    socketio.on_event("disconnect", lambda *_: gateway.disconnect())
    gateway.on("subscribe", Subscribe)(_subscribe)
    gateway.on("unsubscribe", Unsubscribe)(_unsubscribe)


def _subscribe(actor: Any, message: Subscribe) -> dict[str, Any]:
    kind = gateway.authorise(actor, message.channel)
    # Join first, read second: what is committed in between arrives twice and is dropped by its number.
    join_room(message.channel)
    return replay(kind, message.channel, since=message.since)


def _unsubscribe(_actor: Any, message: Unsubscribe) -> None:
    leave_room(message.channel)


def replay(kind: ChannelKind, channel: str, *, since: int) -> dict[str, Any]:
    """Return the messages after *since* in order, and whether there are more."""
    newest = last_seq(db.session(), channel)
    facts = facts_since(db.session(), channel, since=since, limit=REPLAY_LIMIT)
    data = kind.project(facts)
    messages = [to_message(fact, one) for fact, one in zip(facts, data, strict=True)]
    more = bool(facts) and facts[-1].seq < newest
    return {"seq": newest, "messages": messages, "more": more}


def publish(records: list[FactRecord]) -> None:
    """Send committed facts to the sockets of their channels; what is lost here is caught up by number."""
    by_channel: dict[str, list[FactRecord]] = {}
    for record in records:
        by_channel.setdefault(record.channel, []).append(record)
    for channel, members in by_channel.items():
        parts = split_channel(channel)
        kind = gateway.channel_kinds.get(parts[0]) if parts else None
        if kind is None:
            continue
        data = kind.project(members)
        messages = [to_message(fact, one) for fact, one in zip(members, data, strict=True)]
        socketio.emit("message", messages, to=channel)
