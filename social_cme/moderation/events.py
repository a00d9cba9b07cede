"""Facts about reports; they travel on a channel that only the room's moderators follow.

Rule: a report names neither who made it nor what was written; moderators read that from the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event


def moderation_channel(room_id: int) -> str:
    """Name the channel of a room's moderators."""
    return f"moderation:{room_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class FlagFact(Event):
    """Base: something about a report; ``author_id`` wrote what it is about."""

    room_id: int
    flag_id: int
    target: str
    target_id: int
    thread_id: int
    author_id: int

    @property
    def channel(self) -> str:
        """The channel of the room's moderators."""
        return moderation_channel(self.room_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class FlagRaised(FlagFact):
    """A member reported something; ``withheld`` tells that it was hidden at once."""

    kind: ClassVar[str] = "flag.raised"
    reason: str
    withheld: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FlagResolved(FlagFact):
    """A moderator decided; every open report of the same text is settled by it."""

    kind: ClassVar[str] = "flag.resolved"
    resolution: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FlagReopened(FlagFact):
    """The author edited a text that stays hidden, so the moderators have to look again."""

    kind: ClassVar[str] = "flag.reopened"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnmaskFact(Event):
    """Base: something about a request to lift the pseudonym of a thread; who stands behind it is in no fact."""

    room_id: int
    thread_id: int
    request_id: int

    @property
    def channel(self) -> str:
        """The channel of the room's moderators."""
        return moderation_channel(self.room_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnmaskRequested(UnmaskFact):
    """A moderator asked to lift a pseudonym; a second one decides."""

    kind: ClassVar[str] = "unmask.requested"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnmaskDeclined(UnmaskFact):
    """A request was declined, or taken back by whoever made it."""

    kind: ClassVar[str] = "unmask.declined"


@dataclass(frozen=True, kw_only=True, slots=True)
class PseudonymLifted(UnmaskFact):
    """A second moderator confirmed; the two see who it is, and the author is told."""

    kind: ClassVar[str] = "unmask.confirmed"
