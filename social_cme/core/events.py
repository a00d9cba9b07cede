"""What a fact looks like before it is written: frozen, past tense, ids and scalars only.

Rule: an event carries no text that a person typed and no name. The fact log is for ever; what people wrote must stay
erasable, so readers get it from the rows at the moment of reading.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

Scalar = int | float | str | bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Base of all facts; a subclass names its ``kind`` (``answer.posted``) and its channel."""

    kind: ClassVar[str]

    actor_id: int | None

    @property
    def channel(self) -> str:
        """The numbered sequence that the fact joins, such as ``room:4``, ``live:12`` or ``user:7``."""
        raise NotImplementedError

    def data(self) -> dict[str, Scalar]:
        """Return the event's own fields, without the actor."""
        fields: dict[str, Scalar] = asdict(self)
        fields.pop("actor_id")
        return fields


def room_channel(room_id: int) -> str:
    """Name the channel of a room."""
    return f"room:{room_id}"


def live_channel(session_id: int) -> str:
    """Name the channel of a live session."""
    return f"live:{session_id}"


def user_channel(user_id: int) -> str:
    """Name the inbox channel of a person."""
    return f"user:{user_id}"
