"""Shapes of questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.discussions.enums import PseudonymLevel
from social_cme.live import rules
from social_cme.live.enums import AnswerKind, Move, QuestionState
from social_cme.live.schemas.base import ID, PersonOut, SessionCommand, Shown
from social_cme.live.schemas.options import Label
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody


class QuestionOut(Shown):
    """A question; one that is hidden keeps its place and loses its words and its author."""

    id: int
    body: str
    score: int
    state: QuestionState
    state_reason: str
    author: PersonOut | None
    labels: list[str]
    merged_into_id: int | None
    answer_md: str
    answer_html: str
    answer_kind: AnswerKind | None = Field(description="Answered live or in writing, or to be answered later.")
    due_at: datetime | None = Field(description="By when a question that was put off will be answered.")
    answered_by: PersonOut | None
    thread_id: int | None
    asked_at: datetime

    @classmethod
    def of(cls, question: Any) -> Self:
        """Show a question whose author was loaded with it."""
        hidden = question.state == QuestionState.HIDDEN
        return cls(
            id=question.id,
            body="" if hidden else question.body,
            score=question.score,
            state=question.state,
            state_reason=question.state_reason,
            author=None if hidden else PersonOut.of(question.author),
            labels=list(question.labels),
            merged_into_id=question.merged_into_id,
            answer_md="" if hidden else question.answer_md,
            answer_html="" if hidden else question.answer_html,
            answer_kind=AnswerKind(question.answer_kind) if question.answer_kind else None,
            due_at=question.due_at,
            answered_by=PersonOut.of(question.answered_by) if question.answered_by is not None and not hidden else None,
            thread_id=question.thread_id,
            asked_at=question.created_at,
        )


class QuestionList(Shown):
    """Questions of a session in their order: those placed by who leads, then the most wanted."""

    items: list[QuestionOut]


class AskBody(ClientBody, Attesting):
    """A question in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_QUESTION)
    pseudonym: PseudonymLevel | None = Field(
        None, description="Ask under a pseudonym of this level instead of your name; see `/rooms/{slug}/pseudonyms`."
    )


class AnswerBody(ClientBody, Attesting):
    """An answer in Markdown; empty when it was given aloud."""

    text: str = Field("", max_length=rules.MAX_ANSWER)


class LaterBody(ClientBody):
    """Within how many days a question will be answered."""

    days: int = Field(7, ge=1, le=rules.MAX_LATER_DAYS)


class PlaceBody(ClientBody):
    """Where a waiting question goes."""

    to: Move


class LabelBody(ClientBody):
    """What a question is about, from the labels of the session."""

    labels: list[Label] = Field(max_length=rules.MAX_LABELS)


class MergeBody(ClientBody):
    """The question that another is merged into."""

    into_id: int = ID


class AskQuestion(SessionCommand, Attesting):
    """A question in plain text, under the own name or a pseudonym of that level; where the session wants it, it waits."""

    body: str = Field(min_length=1, max_length=rules.MAX_QUESTION)
    pseudonym: PseudonymLevel | None = None


class QuestionCommand(SessionCommand):
    """A message about a question."""

    question_id: int = ID


class VoteQuestion(QuestionCommand):
    """Support a question; twice is once."""


class UnvoteQuestion(QuestionCommand):
    """Take one's support of a question back."""


class TakeQuestionUp(QuestionCommand):
    """Make a question the one that is being answered; the one before goes back to the queue."""


class TakeNextQuestion(SessionCommand):
    """Mark the current question as answered and take up the most wanted one."""


class ReopenQuestion(QuestionCommand):
    """Put a question back into the queue, also one that was merged, skipped or hidden."""


class SkipQuestion(QuestionCommand):
    """Leave a question out for a reason that everybody can read; it still becomes a thread."""

    reason: str = Field(min_length=1, max_length=rules.MAX_REASON)


class HideQuestion(QuestionCommand):
    """Take the words of a question off the screen; the reason stays readable."""

    reason: str = Field(min_length=1, max_length=rules.MAX_REASON)


class AnswerQuestion(QuestionCommand, Attesting):
    """A question was answered; the text is Markdown and may be empty."""

    text: str = Field("", max_length=rules.MAX_ANSWER)


class MergeQuestion(QuestionCommand):
    """A question asks the same as another."""

    into_id: int = ID


class ApproveQuestion(QuestionCommand):
    """Let a question that waits into the queue."""


class DeclineQuestion(QuestionCommand):
    """Keep a question out of the queue; its author reads the reason."""

    reason: str = Field(min_length=1, max_length=rules.MAX_REASON)


class MoveQuestion(QuestionCommand):
    """Move a waiting question to the top, up or down by one, or back to where its votes put it."""

    to: Move


class LabelQuestion(QuestionCommand):
    """Say what a question is about, with up to three labels of the session."""

    labels: list[Label] = Field(max_length=rules.MAX_LABELS)


class PutQuestionOff(QuestionCommand):
    """Promise to answer a question in writing within some days; it still becomes a thread."""

    days: int = Field(7, ge=1, le=rules.MAX_LATER_DAYS)
