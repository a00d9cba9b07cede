"""The product's server with two more messages, ``bench.say`` and ``bench.whisper``: the way of a message through the engine
without a database write, one that is numbered and one that is not.

Rule: it stands on the same gateway, fan-out and pace as everything else; nothing of it is in the product.
"""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import wsgi  # isort: skip  # Patches the standard library first of all.
from pydantic import Field

from social_cme.core import clock
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.gateway import gateway
from social_cme.realtime.messages import ChannelKind, Command
from social_cme.realtime.presence import send_ephemeral
from social_cme.realtime.publishing import publish
from social_cme.server import serve

_numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))


class Say(Command):
    """Something for everybody in a channel."""

    channel: str = Field(max_length=40)
    body: str = Field(max_length=1000)


def _say(actor: Any, message: Say) -> None:
    publish(
        [
            FactRecord(
                id=0,
                channel=message.channel,
                seq=next(_numbers[message.channel]),
                kind="bench.said",
                actor_id=actor.id,
                data={"body": message.body},
                occurred_at=clock.now(),
            )
        ]
    )


def _whisper(_actor: Any, message: Say) -> None:
    send_ephemeral(message.channel, "bench.whispered", {"body": message.body})


def main() -> int:
    """Serve."""
    gateway.add_channel_kind(
        ChannelKind(
            "bench", authorise=lambda _viewer, _id: None, project=lambda facts: [dict(one.data) for one in facts]
        )
    )
    gateway.on("bench.say", Say)(_say)
    gateway.on("bench.whisper", Say)(_whisper)
    return serve(wsgi.app, wsgi.settings, demo=False)


if __name__ == "__main__":
    sys.exit(main())
