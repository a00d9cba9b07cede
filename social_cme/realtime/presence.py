"""Who is in a channel right now, whatever the number of tabs and processes; and the one way to send what is not kept.

Rule: presence is shown, never counted: attendance comes from heartbeats in the database.
"""

from __future__ import annotations

import time
from typing import Any

from flask import current_app

from social_cme.realtime.gateway import Connection, gateway
from social_cme.realtime.messages import split_channel
from social_cme.realtime.roster import Roster

NAMES_UP_TO = 200
# From this number on, who is there is looked up once a second at most; a crowd that comes in together is not counted for each.
CROWD = 50
_CROWD_SECONDS = 1.0


class Presence:
    """The rosters of the channels that show who is there."""

    def __init__(self) -> None:
        self.reset(Roster())

    def reset(self, roster: Roster) -> None:
        """Begin anew on *roster*."""
        self.roster = roster
        self._changed: set[str] = set()
        self._announced: dict[str, frozenset[int]] = {}
        self._crowds: dict[str, tuple[float, dict[str, Any]]] = {}

    def people(self, channel: str) -> set[int]:
        """Return the ids of the people in *channel*; somebody with three tabs is there once."""
        return {int(member.partition(":")[0]) for member in self.roster.members(_group(channel))}

    def entered(self, one: Connection, channel: str) -> dict[str, Any]:
        """Note that a socket follows *channel*, and return who is there for the acknowledgement."""
        if not _shows_presence(channel):
            return {}
        self.roster.add(_group(channel), f"{one.user_id}:{one.sid}")
        self._changed.add(channel)
        at, known = self._crowds.get(channel, (0.0, {}))
        if known and time.monotonic() - at < _CROWD_SECONDS:
            return {"presence": known}
        return {"presence": self.snapshot(channel)}

    def left(self, one: Connection, channel: str) -> None:
        """Note that a socket no longer follows *channel*."""
        if _shows_presence(channel):
            self.roster.remove(_group(channel), f"{one.user_id}:{one.sid}")
            self._changed.add(channel)

    def announce_changes(self) -> None:
        """Tell the channels in which somebody came or went; once a second is often enough, and a reload goes unnoticed."""
        changed, self._changed = self._changed, set()
        for channel in sorted(changed):
            present = frozenset(self.people(channel))
            if self._announced.get(channel) == present:
                continue
            if present:
                self._announced[channel] = present
            else:
                self._announced.pop(channel, None)
            send_ephemeral(channel, "presence.changed", self.snapshot(channel))

    def snapshot(self, channel: str) -> dict[str, Any]:
        """Return how many people are in *channel*, and who they are unless there are more than 200."""
        present = self.people(channel)
        people = None
        if len(present) <= NAMES_UP_TO and gateway.identity is not None:
            people = gateway.identity.cards(sorted(present))
        found = {"count": len(present), "people": people}
        self._crowds.pop(channel, None)
        if len(present) >= CROWD:
            self._crowds[channel] = (time.monotonic(), found)
        return found


presence = Presence()


def send_ephemeral(channel: str, kind: str, data: dict[str, Any]) -> None:
    """Send *data* to whoever follows *channel* at this moment: it has no number, is not kept and may be lost.

    For presence, typing marks, pointers and counters that the next message corrects; never for anything that matters.
    """
    current_app.extensions["socketio"].emit("ephemeral", {"channel": channel, "kind": kind, "data": data}, to=channel)


def _shows_presence(channel: str) -> bool:
    parts = split_channel(channel)
    kind = gateway.channel_kinds.get(parts[0]) if parts else None
    return kind is not None and kind.shows_presence


def _group(channel: str) -> str:
    return f"channel:{channel}"


def bind_presence(roster: Roster) -> None:
    """Follow who comes and goes; nobody is there yet."""
    presence.reset(roster)
    gateway.subscribe_hooks[:] = [presence.entered]
    gateway.leave_hooks[:] = [presence.left]
