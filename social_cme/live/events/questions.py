"""Facts about questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionFact(SessionFact):
    """Base: something happened to a question."""

    question_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionAsked(QuestionFact):
    """Somebody asked."""

    kind: ClassVar[str] = "question.asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionVoted(QuestionFact):
    """Support was given (``supports``) or taken back; ``first`` counts once per person and question."""

    kind: ClassVar[str] = "question.voted"
    supports: bool
    first: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionStateChanged(QuestionFact):
    """A mentor took a question up, answered, merged, skipped, hid or reopened it; ``state`` names the new state."""

    kind: ClassVar[str] = "question.state_changed"
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionLabelled(QuestionFact):
    """A mentor said what a question is about."""

    kind: ClassVar[str] = "question.labelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionMoved(QuestionFact):
    """A mentor moved a question in the queue; the channel tells the whole order that was made by hand."""

    kind: ClassVar[str] = "question.moved"
