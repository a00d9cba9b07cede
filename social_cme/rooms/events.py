"""Facts about rooms and their members; all of them travel on the room's channel.

Rule: ``actor_id`` is who did it, ``user_id`` whom it concerns; the two are the same when people act for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, room_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomFact(Event):
    """Base: something happened to a room."""

    room_id: int

    @property
    def channel(self) -> str:
        """The room's channel."""
        return room_channel(self.room_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomCreated(RoomFact):
    """A room was opened."""

    kind: ClassVar[str] = "room.created"


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomChanged(RoomFact):
    """A room changed; ``change`` is ``settings``, ``rules``, ``archived`` or ``reopened``."""

    kind: ClassVar[str] = "room.changed"
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipFact(RoomFact):
    """Base: something happened to somebody's membership."""

    user_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipRequested(MembershipFact):
    """Somebody asked to be let in."""

    kind: ClassVar[str] = "membership.requested"


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipJoined(MembershipFact):
    """Somebody became a member; ``via`` is ``open``, ``request``, ``invitation`` or ``created``."""

    kind: ClassVar[str] = "membership.joined"
    role: str
    via: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipDeclined(MembershipFact):
    """A request to join was declined."""

    kind: ClassVar[str] = "membership.declined"


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipWithdrawn(MembershipFact):
    """Somebody took back their request to join."""

    kind: ClassVar[str] = "membership.withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipLeft(MembershipFact):
    """Somebody left."""

    kind: ClassVar[str] = "membership.left"


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipRoleChanged(MembershipFact):
    """Somebody got another role in the room."""

    kind: ClassVar[str] = "membership.role_changed"
    role: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipRulesAccepted(MembershipFact):
    """A member accepted the ground rules of a later version."""

    kind: ClassVar[str] = "membership.rules_accepted"
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipDisclosed(MembershipFact):
    """A mentor or coordinator stated their relevant relationships."""

    kind: ClassVar[str] = "membership.disclosed"


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipRemoved(MembershipFact):
    """A coordinator ended somebody's membership; the person may join again."""

    kind: ClassVar[str] = "membership.removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipBanned(MembershipFact):
    """A coordinator shut somebody out of the room."""

    kind: ClassVar[str] = "membership.banned"


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipReadmitted(MembershipFact):
    """A coordinator lifted a ban; the person may join again."""

    kind: ClassVar[str] = "membership.readmitted"


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationSent(RoomFact):
    """A link into the room was mailed to an address."""

    kind: ClassVar[str] = "invitation.sent"
    invitation_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationRevoked(RoomFact):
    """A link into the room was made useless before it was used."""

    kind: ClassVar[str] = "invitation.revoked"
    invitation_id: int
