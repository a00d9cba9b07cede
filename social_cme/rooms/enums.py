"""Fixed vocabularies of rooms."""

from __future__ import annotations

from enum import StrEnum


class Visibility(StrEnum):
    """How one becomes a member; an invitation-only room is not even listed."""

    PUBLIC = "public"
    REQUEST = "request"
    INVITATION = "invitation"


class EvidenceScale(StrEnum):
    """In whose words the mentors of a room say how good the evidence behind an answer is."""

    GRADE = "grade"
    CEBM = "cebm"


class RoomRole(StrEnum):
    """What a member is in a room: a mentor guides and moderates, a coordinator runs the room."""

    LEARNER = "learner"
    MENTOR = "mentor"
    COORDINATOR = "coordinator"


class MembershipState(StrEnum):
    """Where a membership stands."""

    REQUESTED = "requested"
    ACTIVE = "active"
    LEFT = "left"
    DECLINED = "declined"
    REMOVED = "removed"
    BANNED = "banned"
