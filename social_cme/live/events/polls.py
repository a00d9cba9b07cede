"""Facts of polls. Rule: no fact carries a choice, and that of an anonymous ballot names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


def desk_channel(session_id: int) -> str:
    """Name the channel of the people who lead a session, for what they alone see of its polls."""
    return f"polldesk:{session_id}"


def round_channel(round_id: int) -> str:
    """Name the channel of the people who have voted in a round, for results that are shown after voting."""
    return f"pollround:{round_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PollFact(SessionFact):
    """Base of the facts about polls."""

    poll_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PollOpened(PollFact):
    """A round of voting began; ``round`` counts from 1."""

    kind: ClassVar[str] = "poll.opened"
    round: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PollVoted(PollFact):
    """A ballot was given (``first``) or changed. What it says is not told; in anonymous polls ``actor_id`` is empty."""

    kind: ClassVar[str] = "poll.voted"
    round: int
    first: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PollClosed(PollFact):
    """A round ended, or the discussion after it; ``actor_id`` is empty when its time was up."""

    kind: ClassVar[str] = "poll.closed"
    round: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PollChanged(PollFact):
    """Results were ``shown`` or ``hidden`` by hand, or free answers ``grouped``; ``change`` says which."""

    kind: ClassVar[str] = "poll.changed"
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PollDeskChanged(PollFact):
    """Something changed for the people who lead the session: a draft, a state, or results that others do not see yet."""

    kind: ClassVar[str] = "poll_desk.changed"
    change: str

    @property
    def channel(self) -> str:
        """The channel of the people who lead the session."""
        return desk_channel(self.session_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class PollRoundCounted(PollFact):
    """A ballot was counted in a poll that shows its results after voting; for those who have voted."""

    kind: ClassVar[str] = "poll_round.counted"
    round_id: int

    @property
    def channel(self) -> str:
        """The channel of the people who have voted in the round."""
        return round_channel(self.round_id)
