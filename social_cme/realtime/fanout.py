"""Fan-out: one message to everybody in a channel, encoded once and written straight to each connection.

Rule: a client cannot tell the two ways apart. The direct one is taken where a connection has an outlet and nothing is queued
for it; everything else, and everything with ``FANOUT=stock``, goes the way the library sends it.
"""

from __future__ import annotations

from typing import Any

from engineio.packet import MESSAGE
from engineio.packet import Packet as Envelope
from socketio import Manager, RedisManager
from socketio.packet import EVENT

from config import Settings
from social_cme.realtime.outlet import text_frame

BUS = "social-cme"


class DirectManager(Manager):
    """Knows who is in which channel, as the library's own manager does, and sends to all of them directly."""

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **options: Any) -> None:
        """Send an event to a socket, to a channel, or to everybody."""
        room = options.pop("to", None) or room
        encoded = self._encode(event, data, namespace) if not options.get("callback") else None
        if encoded is None:
            super().emit(event, data, namespace, room=room, **options)
            return
        skipped = options.get("skip_sid")
        skip = set(skipped) if isinstance(skipped, list) else {skipped}
        envelope = Envelope(MESSAGE, encoded)
        frame = text_frame(envelope.encode())
        sockets = self.server.eio.sockets
        for sid, transport_id in self.get_participants(namespace, room):
            socket = sockets.get(transport_id)
            if sid not in skip and socket is not None and not socket.closed:
                socket.queue.put_frame(frame, envelope)

    def _encode(self, event: str, data: Any, namespace: str) -> str | None:
        """Return the packet as text, ``None`` for one with binary parts."""
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        encoded = self.server.packet_class(EVENT, namespace=namespace, data=[event, *arguments]).encode()
        return encoded if isinstance(encoded, str) else None

    def get_participants(self, namespace: str, room: Any) -> Any:
        """Return who is in *room*; nobody is in a namespace to which nobody is connected."""
        return super().get_participants(namespace, room) if namespace in self.rooms else ()


class DirectRedisManager(RedisManager, DirectManager):
    """The same with several processes: what comes over the bus, each process writes directly to its own sockets."""


def client_manager(settings: Settings) -> dict[str, Any]:
    """Return the options that tell the socket server how to reach its clients, and the other processes."""
    if not is_direct(settings):
        return {"message_queue": settings.redis_url or None, "channel": BUS}
    if settings.redis_url:
        return {"client_manager": DirectRedisManager(settings.redis_url, channel=BUS)}
    return {"client_manager": DirectManager()}


def is_direct(settings: Settings) -> bool:
    """Tell whether connections get an outlet: threads share a connection's lock with the library and go its way."""
    return settings.fanout == "direct" and settings.async_mode == "eventlet"
