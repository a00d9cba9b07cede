"""The shape of what goes over a socket.

Rule: a fact is turned into a message from the rows as they are at that moment; so a hidden post stays hidden in a replay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from social_cme.core import clock
from social_cme.persistence.facts import FactRecord


class Incoming(BaseModel):
    """Base of everything a client may send; unknown fields are refused, strings are bounded by each schema."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, strict=False)


class Command(Incoming):
    """A message that changes something; a repeat with the same ``client_id`` returns the first result."""

    client_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{8,64}$")


class Viewer(Protocol):
    """The person a channel is opened for."""

    id: int


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """How one family of channels is guarded and shown.

    ``authorise(viewer, id)`` raises unless the person may follow the channel. ``project(facts)`` returns, for each fact in
    order, its public data, or ``None`` when the fact is not shown; it loads rows for all of them at once and decides the
    same for every viewer of the channel. With ``shows_presence`` the channel is told who follows it. ``snapshot(id)`` returns
    the address of the present state, with the number of the last message in it as ``seq``, for clients that are far behind.
    """

    prefix: str
    authorise: Callable[[Any, int], None]
    project: Callable[[Sequence[FactRecord]], list[dict[str, Any] | None]]
    shows_presence: bool = False
    snapshot: Callable[[int], str] | None = None


def to_message(fact: FactRecord, data: dict[str, Any] | None) -> dict[str, Any]:
    """Build the message of a fact; one that is not shown keeps its number, so that no gap appears."""
    return {
        "channel": fact.channel,
        "seq": fact.seq,
        "kind": fact.kind if data is not None else "hidden",
        "at": clock.iso(fact.occurred_at),
        "data": data if data is not None else {},
    }


def split_channel(key: str) -> tuple[str, int] | None:
    """Take a channel key apart: ``live:12`` gives ``("live", 12)``, anything else ``None``."""
    prefix, _, number = key.partition(":")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 19):
        return None
    return prefix, int(number)
