"""Ends what sockets may do when rights end: log-out, ban, removal from a room; in every process, within a second.

Rule: the database decides. A message between processes says only whom to look at again; where one was lost, the watch that
runs every few seconds finds the log-in closed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from flask import Flask, current_app
from redis import Redis, RedisError

from social_cme.core.errors import AppError
from social_cme.extensions import db, socketio
from social_cme.jobs.queue import JobQueue
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.gateway import Connection, gateway

log = structlog.get_logger(__name__)

BUS = "social-cme:endings"
_ENDS_LOGINS = frozenset({"login.ended", "account.banned", "account.closed"})
_ENDS_CHANNELS = frozenset(
    {
        "membership.removed",
        "membership.banned",
        "membership.left",
        "account.role_changed",
        "membership.role_changed",
        "session.mentor_released",
        "breakout.access_ended",
    }
)
_ENDS_FOR_ALL = frozenset({"room.changed"})


@dataclass(frozen=True, slots=True)
class Ending:
    """Whose sockets to look at again: those of a log-in, of a person, or of everybody."""

    login_id: int | None = None
    user_id: int | None = None
    everybody: bool = False


def end_rights(records: Sequence[FactRecord]) -> None:
    """Act on committed facts that took rights away; here at once, in other processes by the bus."""
    endings = [one for record in records if (one := _ending_of(record)) is not None]
    if not endings:
        return
    # A session of its own: the caller's has rows in hand that must stay as they are.
    with current_app.app_context():
        for one in endings:
            apply_ending(one)
    queue: JobQueue = current_app.extensions["jobs"]
    if queue.settings.redis_url:
        redis = Redis(connection_pool=queue.redis_pool)
        for one in endings:
            redis.publish(BUS, json.dumps(asdict(one)))


def _ending_of(record: FactRecord) -> Ending | None:
    if record.kind in _ENDS_LOGINS:
        login_id = record.data.get("login_id")
        if login_id is not None:
            return Ending(login_id=int(login_id))
        return Ending(user_id=int(record.data["user_id"] or 0))
    if record.kind in _ENDS_CHANNELS:
        return Ending(user_id=int(record.data["user_id"] or 0))
    return Ending(everybody=True) if record.kind in _ENDS_FOR_ALL else None


def apply_ending(ending: Ending) -> None:
    """Look again at the sockets of this process that *ending* speaks of."""
    gateway.endings += 1
    look_again(
        [
            one
            for one in list(gateway.connections.values())
            if ending.everybody or ending.login_id == one.login_id or ending.user_id == one.user_id
        ]
    )


def look_again(connections: Iterable[Connection]) -> None:
    """Disconnect sockets whose log-in is over, and take the others out of channels that are closed to them now."""
    db.session.rollback()
    for one in connections:
        actor = gateway.identify(one.sid)
        if actor is None:
            disconnect(one)
            continue
        for channel in sorted(one.channels):
            try:
                gateway.authorise(actor, channel)
            except AppError as error:
                close_channel(one, channel, error)


def close_channel(one: Connection, channel: str, error: AppError) -> None:
    """Take a socket out of a channel and tell it why."""
    gateway.leave(one, channel)
    data = {"code": error.code, "message": error.message}
    socketio.emit("ephemeral", {"channel": channel, "kind": "channel.closed", "data": data}, to=one.sid)


def disconnect(one: Connection) -> None:
    """End a socket of this process."""
    log.info("socket_disconnected", user_id=one.user_id)
    socketio.server.disconnect(one.sid, namespace="/")


def end_closed_logins() -> None:
    """Disconnect the sockets whose log-in has expired or ended unnoticed: one query for all of them."""
    identity = gateway.identity
    connections = list(gateway.connections.values())
    if identity is None or identity.open_logins is None or not connections:
        return
    still_open = set(identity.open_logins({one.login_id for one in connections}))
    for one in connections:
        if one.login_id not in still_open:
            disconnect(one)


def listen(app: Flask) -> None:
    """Follow the bus for as long as the process serves; after a gap everybody is looked at once."""
    queue: JobQueue = app.extensions["jobs"]
    missed = False
    while True:
        try:
            subscription: Any = Redis(connection_pool=queue.redis_pool).pubsub(ignore_subscribe_messages=True)
            subscription.subscribe(BUS)
            if missed:
                _apply_safely(app, Ending(everybody=True))
            missed = False
            while True:
                message = subscription.get_message(timeout=5)
                if message is not None:
                    _apply_safely(app, Ending(**json.loads(message["data"])))
        except (RedisError, OSError) as error:
            log.warning("socket_bus_unreachable", error=type(error).__name__)
            missed = True
            socketio.sleep(1)


def _apply_safely(app: Flask, ending: Ending) -> None:
    with app.app_context():
        try:
            apply_ending(ending)
        except Exception:
            # The bus goes on; the watch over log-ins and every event's own check stand behind it.
            log.exception("ending_failed")
