"""Facts about the steps, polls and outcomes of cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, user_channel
from social_cme.discussions.events.threads import ThreadFact


@dataclass(frozen=True, kw_only=True, slots=True)
class StepFact(ThreadFact):
    """Base: something happened to a step of a case."""

    step_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StepAdded(StepFact):
    """The author added a step to a case."""

    kind: ClassVar[str] = "step.added"


@dataclass(frozen=True, kw_only=True, slots=True)
class StepEdited(StepFact):
    """The author changed a step."""

    kind: ClassVar[str] = "step.edited"


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRemoved(StepFact):
    """The author removed a step that nobody had opened."""

    kind: ClassVar[str] = "step.removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class StepPassed(StepFact):
    """Somebody got past a step, or changed a ballot (``first`` is false); ``how`` is told to nobody."""

    kind: ClassVar[str] = "step.passed"
    how: str
    first: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PollStateChanged(StepFact):
    """A poll was closed or opened again, or the right diagnosis was marked; ``change`` names it."""

    kind: ClassVar[str] = "step.poll_changed"
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeTold(ThreadFact):
    """The author of a case told what happened."""

    kind: ClassVar[str] = "outcome.told"
    outcome_id: int
    is_final: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeHidden(ThreadFact):
    """What was told of how a case went on was hidden, or taken back."""

    kind: ClassVar[str] = "outcome.hidden"
    outcome_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeAsked(Event):
    """The author of a case was asked, so many weeks after posting it, what happened; nobody else hears of it."""

    kind: ClassVar[str] = "outcome.asked"

    user_id: int
    room_id: int
    thread_id: int
    weeks: int

    @property
    def channel(self) -> str:
        """The author's own channel."""
        return user_channel(self.user_id)
