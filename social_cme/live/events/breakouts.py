"""Facts about breakouts; what happens inside a group travels on the group's own channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import user_channel
from social_cme.live.events.sessions import SessionFact


def group_channel(group_id: int) -> str:
    """Name the channel of a group."""
    return f"group:{group_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakoutFact(SessionFact):
    """Base: something happened to a breakout."""

    breakout_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakoutPlanned(BreakoutFact):
    """A breakout was made, or its groups, stations or meetings changed."""

    kind: ClassVar[str] = "breakout.planned"


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakoutStarted(BreakoutFact):
    """A mentor sent everybody to the groups."""

    kind: ClassVar[str] = "breakout.started"


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundChanged(BreakoutFact):
    """A round began, ended, was extended, stands still or goes on; ``change`` says which."""

    kind: ClassVar[str] = "breakout.round_changed"
    round_id: int
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakoutEnded(BreakoutFact):
    """The breakout is over; everybody is back in the session."""

    kind: ClassVar[str] = "breakout.ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPlaced(BreakoutFact):
    """Somebody came into a group, left one, or both; the actor may be somebody else."""

    kind: ClassVar[str] = "breakout.person_placed"
    user_id: int
    group_id: int | None
    left_group_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupAccessEnded(BreakoutFact):
    """Somebody may no longer follow a group's own channel; told on the person's channel, so that sockets are looked at."""

    kind: ClassVar[str] = "breakout.access_ended"
    user_id: int
    group_id: int

    @property
    def channel(self) -> str:
        """The person's channel."""
        return user_channel(self.user_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupFact(BreakoutFact):
    """Base: something happened inside a group."""

    group_id: int

    @property
    def channel(self) -> str:
        """The group's channel."""
        return group_channel(self.group_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupMessagePosted(GroupFact):
    """Somebody wrote a line in the group's chat."""

    kind: ClassVar[str] = "group.posted"
    message_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupMessageHidden(GroupFact):
    """A line of the group's chat was hidden."""

    kind: ClassVar[str] = "group.hidden"
    message_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupNotesSaved(GroupFact):
    """The group's notes were saved as this revision."""

    kind: ClassVar[str] = "group.notes_saved"
    revision: int
