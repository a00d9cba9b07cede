"""Facts of cohorts; they travel on the room's channel, where nobody is shown them.

Rule: ids and scalars only; what somebody reflected, wrote or chose in a rubric stands in the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, room_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class CohortFact(Event):
    """Base: something happened in a cohort of a room."""

    room_id: int
    cohort_id: int

    @property
    def channel(self) -> str:
        """The room's channel."""
        return room_channel(self.room_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class CohortCreated(CohortFact):
    """A term was planned; ``copied_from_id`` when it began as a copy."""

    kind: ClassVar[str] = "cohort.created"
    copied_from_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CohortChanged(CohortFact):
    """What is said of the cohort changed: ``settings``, or ``published`` when its room may see it now."""

    kind: ClassVar[str] = "cohort.changed"
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CohortJoined(CohortFact):
    """Somebody takes part from now on."""

    kind: ClassVar[str] = "cohort.joined"
    user_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CohortLeft(CohortFact):
    """Somebody takes part no more; what they did stays."""

    kind: ClassVar[str] = "cohort.left"
    user_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitChanged(CohortFact):
    """A unit was ``added``, ``edited``, ``moved`` or ``removed``, or its list changed (``items``)."""

    kind: ClassVar[str] = "unit.changed"
    unit_id: int
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitOpened(CohortFact):
    """The time of a unit has come."""

    kind: ClassVar[str] = "unit.opened"
    unit_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyItemTicked(CohortFact):
    """Somebody says to have done an entry; ``first`` unless it was ticked before. Nobody checked it."""

    kind: ClassVar[str] = "study_item.ticked"
    unit_id: int
    item_id: int
    first: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyItemUnticked(CohortFact):
    """Somebody took a tick back."""

    kind: ClassVar[str] = "study_item.unticked"
    unit_id: int
    item_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitCompleted(CohortFact):
    """Somebody had ticked off a whole unit, for the first time."""

    kind: ClassVar[str] = "unit.completed"
    unit_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengeFact(CohortFact):
    """Base: something happened in a group challenge."""

    challenge_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengeChanged(ChallengeFact):
    """A challenge was ``added``, ``edited`` or ``removed``, or its ``rubric`` or its ``teams`` changed."""

    kind: ClassVar[str] = "challenge.changed"
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengeDueSoon(ChallengeFact):
    """The work of a challenge is due within two days."""

    kind: ClassVar[str] = "challenge.due_soon"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliverableSaved(ChallengeFact):
    """A team saved a version of its draft."""

    kind: ClassVar[str] = "deliverable.saved"
    team_id: int
    revision: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliverableSubmitted(ChallengeFact):
    """A team handed its work in."""

    kind: ClassVar[str] = "deliverable.submitted"
    team_id: int
    late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackAssigned(ChallengeFact):
    """The teams know whose work they read; ``team_id`` for a team that came late, otherwise all."""

    kind: ClassVar[str] = "feedback.assigned"
    team_id: int | None = None
    reviews: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackGiven(ChallengeFact):
    """A team or a coordinator said what they think of a team's work (``team_id``)."""

    kind: ClassVar[str] = "feedback.given"
    review_id: int
    team_id: int
    reviewer_team_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamCommented(ChallengeFact):
    """Somebody wrote beside a team's work."""

    kind: ClassVar[str] = "team_comment.posted"
    team_id: int
    comment_id: int
