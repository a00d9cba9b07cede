"""Sends committed facts to the sockets of their channels.

Rule: nothing depends on what is sent here: it may be lost, and is then caught up by number.
"""

from __future__ import annotations

from collections.abc import Sequence

from social_cme.extensions import socketio
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.gateway import gateway
from social_cme.realtime.messages import ChannelKind, split_channel
from social_cme.realtime.pace import Later, Pacer
from social_cme.realtime.replay import messages_of

PUBLISH_LIMIT = 100


def publish(records: list[FactRecord]) -> None:
    """Send committed facts, those of a busy channel with its next tick."""
    by_channel: dict[str, list[FactRecord]] = {}
    for record in records:
        by_channel.setdefault(record.channel, []).append(record)
    for channel, members in by_channel.items():
        if _kind_of(channel) is not None and gateway.has_audience(channel):
            # After a very large commit only the end is sent; clients see the gap and ask for the rest in pages.
            pacer.take(channel, members[-PUBLISH_LIMIT:])


def broadcast(channel: str, facts: Sequence[FactRecord]) -> None:
    """Send the messages of some facts of one channel as one event."""
    kind = _kind_of(channel)
    if kind is not None:
        socketio.emit("message", messages_of(kind, facts), to=channel)


def _kind_of(channel: str) -> ChannelKind | None:
    parts = split_channel(channel)
    return gateway.channel_kinds.get(parts[0]) if parts else None


pacer = Pacer(broadcast)


def bind_pacer(later: Later | None) -> None:
    """Begin anew; *later* has a channel flushed after some seconds, without it everything is sent at once."""
    pacer.reset(later)
