"""The socket gateway: authenticates at connect, checks every message, and answers each with an acknowledgement.

Rule: a socket's session is a copy made at connect, so nothing is decided on it. Every event loads the person again and the
handler opens its room again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import join_room, leave_room
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from social_cme.core.errors import AppError, Conflict, NotFound, RateLimited, Unauthenticated, Unavailable
from social_cme.extensions import db, socketio
from social_cme.realtime.limits import Allowance, Turns
from social_cme.realtime.messages import ChannelKind, Incoming, split_channel
from social_cme.realtime.replay import recent, replay
from social_cme.realtime.together import Together
from social_cme.realtime.transport import note

log = structlog.get_logger(__name__)

CONNECTED = "social_cme.connected"
EVENTS_PER_10_S = 100
CHANNELS_PER_SOCKET = 40
# Each holds a connection to the database; what a crowd sends at once must leave some for the pages.
MESSAGES_AT_ONCE = 4


class Subscribe(Incoming):
    """Follow a channel and receive what came after a number; ``since`` is the last number the client has, 0 for none."""

    channel: str = Field(max_length=40)
    since: int = Field(ge=0, lt=2**53)


class Unsubscribe(Incoming):
    """Stop following a channel."""

    channel: str = Field(max_length=40)


Handler = Callable[[Any, Any], dict[str, Any] | None]
SubscribeHook = Callable[["Connection", str], dict[str, Any]]
LeaveHook = Callable[["Connection", str], None]


@dataclass(frozen=True, slots=True)
class Route:
    """One message that clients may send."""

    event: str
    schema: type[BaseModel]
    handler: Handler
    together: bool = False


def _nobody(_ids: Collection[int]) -> Any:
    return []


@dataclass(frozen=True, slots=True)
class Identity:
    """How the gateway knows people; the accounts feature supplies it.

    ``at_connect()`` returns ``(user_id, login_id)`` of the cookie, or ``None``; ``by_login(login_id)`` returns the person while
    the log-in is open; ``open_logins(ids)`` returns those of the log-ins that are still open; ``cards(ids)`` returns what
    others may see of people, ``{"id", "display_name"}``, in the order of their names.
    """

    at_connect: Callable[[], tuple[int, int] | None]
    by_login: Callable[[int], Any | None]
    open_logins: Callable[[Collection[int]], Collection[int]] | None = None
    cards: Callable[[Collection[int]], list[dict[str, Any]]] = _nobody


@dataclass(slots=True)
class Connection:
    """One socket of this process."""

    sid: str
    transport_id: str
    user_id: int
    login_id: int
    channels: set[str] = field(default_factory=set)
    allowance: Allowance = field(default_factory=lambda: Allowance(EVENTS_PER_10_S, per_seconds=10))
    endings_seen: int = 0


class Gateway:
    """Table of channel kinds, client messages and open sockets; features add the first two at start."""

    def __init__(self) -> None:
        self.channel_kinds: dict[str, ChannelKind] = {}
        self.routes: dict[str, Route] = {}
        self.identity: Identity | None = None
        self.per_user = 20
        self.is_shared = False
        self.turns = Turns(MESSAGES_AT_ONCE)
        self.together = Together()
        self.connections: dict[str, Connection] = {}
        self.of_user: dict[int, set[str]] = {}
        self.allowances: dict[int, Allowance] = {}
        # Counts how often rights ended, so that a subscription under way notices when it must look again.
        self.endings = 0
        self.subscribe_hooks: list[SubscribeHook] = []
        self.leave_hooks: list[LeaveHook] = []

    # -------------------------------------------------------------- connections

    def connect(self) -> None:
        """Let a browser with an open log-in in; refuse everybody else, and the socket that is one too many."""
        try:
            found = self.identity.at_connect() if self.identity is not None else None
        except (OperationalError, PoolTimeout):
            raise Refused("unavailable") from None
        if found is None:
            raise Refused("unauthenticated")
        user_id, login_id = found
        if len(self.of_user.get(user_id, ())) >= self.per_user:
            note("socket_refused", reason="too many of one person", user_id=user_id)
            raise Refused("too_many_connections")
        sid = request.sid  # type: ignore[attr-defined]
        transport_id = socketio.server.manager.eio_sid_from_sid(sid, "/")
        self.connections[sid] = Connection(sid, transport_id, user_id, login_id)
        self.of_user.setdefault(user_id, set()).add(sid)
        request.environ[CONNECTED] = True

    def disconnect(self) -> None:
        """Forget a socket, and close what is below it if the client does not."""
        one = self.connections.pop(request.sid, None)  # type: ignore[attr-defined]
        if one is None:
            return
        others = self.of_user.get(one.user_id, set())
        others.discard(one.sid)
        if not others:
            self.of_user.pop(one.user_id, None)
        for channel in sorted(one.channels):
            self._left(one, channel)
        if one.transport_id in socketio.server.eio.sockets:
            socketio.start_background_task(_close_below, one.transport_id)

    def identify(self, sid: str) -> Any | None:
        """Return the person behind a socket as the database knows them now."""
        one = self.connections.get(sid)
        return self.identity.by_login(one.login_id) if one is not None and self.identity is not None else None

    def leave(self, one: Connection, channel: str) -> None:
        """Take a socket out of a channel."""
        leave_room(channel, sid=one.sid, namespace="/")
        if channel in one.channels:
            one.channels.discard(channel)
            self._left(one, channel)

    def _left(self, one: Connection, channel: str) -> None:
        for hook in self.leave_hooks:
            hook(one, channel)

    # -------------------------------------------------------------- tables

    def add_channel_kind(self, kind: ChannelKind) -> None:
        """Add a family of channels."""
        self.channel_kinds[kind.prefix] = kind

    def on(self, event: str, schema: type[BaseModel], *, together: bool = False) -> Callable[[Handler], Handler]:
        """Register ``handler(actor, message)`` for *event*; it returns what the acknowledgement carries beside ``ok``.

        With *together* those of a crowd share a transaction; such a handler only reads and writes rows, and knows of its
        caller what its arguments tell.
        """

        def decorate(handler: Handler) -> Handler:
            self.routes[event] = Route(event, schema, handler, together)
            socketio.on_event(event, lambda *arguments: self.dispatch(event, arguments))
            return handler

        return decorate

    # -------------------------------------------------------------- messages

    def dispatch(self, event: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Check and carry out one client message; always returns an acknowledgement."""
        one = self.connections.get(request.sid)  # type: ignore[attr-defined]
        if one is None:
            return refusal("unauthenticated", "You were logged out. Please log in again.")
        waiting = self._over_limit(one)
        if waiting is not None:
            note("socket_flood", user_id=one.user_id)
            return refusal("rate_limited", "Too many messages. Please wait a moment.", retry_after=waiting)
        one.endings_seen = self.endings
        route = self.routes.get(event)
        if route is None:
            return refusal("unknown_event", "There is no such event.")
        try:
            message = route.schema.model_validate(arguments[0] if len(arguments) == 1 else None)
        except ValidationError as error:
            return _refuse_shape(error)
        try:
            if route.together:
                return self.together.carry_out(lambda: self._carry_out(one, route, message))
            with self.turns.take():
                return self._carry_out(one, route, message)
        except AppError as error:
            db.session.rollback()
            log.info("socket_refused", socket_event=event, code=error.code, user_id=one.user_id)
            waiting = error.retry_after if isinstance(error, RateLimited) else None
            return refusal(error.code, error.message, retry_after=waiting, fields=error.fields, details=error.details)
        except (OperationalError, PoolTimeout) as error:
            db.session.rollback()
            log.warning("database_unavailable", error=type(error).__name__, socket_event=event)
            return refusal(Unavailable.code, Unavailable.title)
        except Exception:
            db.session.rollback()
            log.exception("socket_event_failed", socket_event=event)
            return refusal("error", "Something went wrong on our side. Please try again in a moment.")

    def _carry_out(self, one: Connection, route: Route, message: BaseModel) -> dict[str, Any]:
        actor = self.identify(one.sid)
        if actor is None:
            raise Unauthenticated("You were logged out. Please log in again.")
        return {"ok": True, **(route.handler(actor, message) or {})}

    def _over_limit(self, one: Connection) -> int | None:
        """Take one message from the socket's and the person's allowance; return the seconds to wait when one is used up."""
        shared = self.allowances.setdefault(one.user_id, Allowance(EVENTS_PER_10_S, per_seconds=10))
        if one.allowance.take() and shared.take():
            return None
        return max(1, math.ceil(max(one.allowance.wait_seconds(), shared.wait_seconds())))

    def forget_allowances(self) -> None:
        """Drop the allowances of people who have been quiet."""
        for user_id in [user_id for user_id, one in self.allowances.items() if one.is_full]:
            del self.allowances[user_id]

    # -------------------------------------------------------------- channels

    def authorise(self, actor: Any, channel: str) -> ChannelKind:
        """Return the kind of *channel* if *actor* may follow it; absent and forbidden look the same."""
        parts = split_channel(channel)
        kind = self.channel_kinds.get(parts[0]) if parts else None
        if parts is None or kind is None:
            raise NotFound
        kind.authorise(actor, parts[1])
        return kind

    def has_audience(self, channel: str) -> bool:
        """Tell whether anybody could be listening; with several processes nobody knows."""
        return self.is_shared or any(channel in one.channels for one in list(self.connections.values()))


def refusal(code: str, message: str, *, retry_after: int | None = None, **more: dict[str, Any]) -> dict[str, Any]:
    """Build a negative acknowledgement; *more* is ``fields`` and ``details``, left out when empty."""
    error: dict[str, Any] = {"code": code, "message": message, **{name: told for name, told in more.items() if told}}
    if retry_after is not None:
        error["retry_after"] = retry_after
    return {"ok": False, "error": error}


def _refuse_shape(error: ValidationError) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for finding in error.errors(include_url=False, include_context=False, include_input=False):
        # A name that the client made up is not repeated to it.
        name = str(finding["loc"][0])[:60] if finding["loc"] and finding["type"] != "extra_forbidden" else "message"
        fields.setdefault(name, []).append(str(finding["msg"]).removeprefix("Value error, "))
    return refusal("invalid", f"Not of the expected form: {', '.join(sorted(fields))}.", fields=fields)


gateway = Gateway()


def bind_gateway() -> None:
    """Attach the gateway's own events to the socket server; nobody is connected yet."""
    gateway.connections.clear()
    gateway.of_user.clear()
    gateway.allowances.clear()
    recent.forget()
    socketio.on_event("connect", lambda *_: gateway.connect())
    socketio.on_event("disconnect", lambda *_: gateway.disconnect())
    socketio.on_event("*", lambda event, *arguments: gateway.dispatch(event, arguments))
    gateway.on("subscribe", Subscribe)(_subscribe)
    gateway.on("unsubscribe", Unsubscribe)(_unsubscribe)


def _subscribe(actor: Any, message: Subscribe) -> dict[str, Any]:
    one = gateway.connections[request.sid]  # type: ignore[attr-defined]
    channel = message.channel
    kind = gateway.authorise(actor, channel)
    if channel not in one.channels and len(one.channels) >= CHANNELS_PER_SOCKET:
        raise Conflict("One window can follow 40 channels at most. Please close some.")
    # Join first, read second: what is committed in between arrives twice and is dropped by its number.
    join_room(channel)
    one.channels.add(channel)
    if gateway.endings != one.endings_seen:
        _look_again(one, channel)
    answer = replay(kind, channel, since=message.since)
    for hook in gateway.subscribe_hooks:
        answer |= hook(one, channel)
    return answer


def _look_again(one: Connection, channel: str) -> None:
    """Decide once more on the state of now: somebody's rights ended while this subscription was on its way."""
    one.endings_seen = gateway.endings
    db.session.rollback()
    db.session.expire_all()
    try:
        actor = gateway.identify(one.sid)
        if actor is None:
            raise Unauthenticated
        gateway.authorise(actor, channel)
    except AppError:
        gateway.leave(one, channel)
        raise


def _unsubscribe(_actor: Any, message: Unsubscribe) -> None:
    gateway.leave(gateway.connections[request.sid], message.channel)  # type: ignore[attr-defined]


def _close_below(transport_id: str) -> None:
    """Close the connection itself a second later; a well-behaved client has done it by then."""
    socketio.sleep(1)
    if transport_id in socketio.server.eio.sockets:
        socketio.server.eio.disconnect(transport_id)
