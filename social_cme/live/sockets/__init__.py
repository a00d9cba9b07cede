"""What people send over the socket in a live session, one module per noun.

Rule: every message opens the room of its session again; what has changed since the connection was made counts.
"""

from __future__ import annotations

from social_cme.live.sockets import agenda, attendance, breakouts, chat, console, groups, polls, questions, room, stage
from social_cme.realtime.gateway import Gateway

PARTS = (room, attendance, agenda, chat, questions, console, polls, stage, breakouts, groups)


def register(gateway: Gateway) -> None:
    """Add the messages of live sessions to *gateway*."""
    for part in PARTS:
        part.register(gateway)
