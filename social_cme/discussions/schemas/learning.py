"""What the API shows of one's own recall cards and calibration."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.discussions.enums import RecallResult
from social_cme.discussions.schemas.shown import PostOut, Shown
from social_cme.discussions.schemas.steps import OutcomeOut
from social_cme.web.api import Schema


class CardOut(Shown):
    """A recall card, the side with the question."""

    id: int
    room_slug: str
    thread_id: int
    title: str
    case: dict[str, str]
    due_at: datetime | None
    stage: int = Field(description="How many of the three intervals are passed.")
    repetitions: int

    @classmethod
    def of(cls, one: Any) -> Self:
        """Show a card."""
        own = {name: getattr(one.card, name) for name in ("id", "thread_id", "due_at", "stage", "repetitions")}
        return cls(**own, room_slug=one.room.slug, title=one.thread.title, case=one.thread.case or {})


class CardList(Shown):
    """The cards that are due, the longest waiting first, and when the next one comes."""

    items: list[CardOut]
    next_due_at: datetime | None
    wanted: bool


class TurnedCardOut(Shown):
    """The other side of a card."""

    card: CardOut
    answers: list[PostOut]
    take_home: str = Field(description="What the mentors take home, Markdown.")
    summary: str = Field(description="What was said when the thread was closed, Markdown.")
    outcomes: list[OutcomeOut]

    @classmethod
    def of(cls, turned: Any) -> Self:
        """Show the other side."""
        return cls(
            card=CardOut.of(turned.card),
            answers=[PostOut.of(one) for one in turned.answers],
            take_home=turned.take_home.body_md if turned.take_home is not None else "",
            summary=turned.card.thread.summary_md,
            outcomes=[OutcomeOut.of(one) for one in turned.outcomes],
        )


class CardAnswerIn(Schema):
    """How well one knew it; ``repetition`` is the number that the card had, so that a repeat counts once."""

    result: RecallResult
    repetition: int | None = Field(None, ge=0, lt=2**31)


class CardChoiceIn(Schema):
    """Whether one wants recall cards."""

    wanted: bool


class PlaceOut(Shown):
    """Where a card stands now."""

    id: int
    stage: int
    due_at: datetime | None
    repetitions: int


class ScoredBallotOut(Shown):
    """One's own ballot with what proved right."""

    at: datetime
    room_slug: str
    thread_id: int | None
    title: str
    step: int
    right: str
    share: int
    score: float
    running_mean: float

    @classmethod
    def of(cls, one: Any) -> Self:
        """Show a scored ballot."""
        return cls(
            at=one.forecast.at,
            room_slug=one.room_slug,
            thread_id=one.thread_id,
            title=one.title,
            step=one.position,
            right=one.right_text,
            share=one.right_share,
            score=one.forecast.score,
            running_mean=one.running,
        )


class BinOut(Shown):
    """Shares of one range that one gave, and how often they proved right."""

    start: int
    end: int
    stated: int
    mean: float
    came_true: int
    observed: float


class CalibrationOut(Shown):
    """The caller's own calibration; nobody else can read it."""

    mean: float | None = Field(
        description="Mean Brier score over several classes: 0 is perfect, 2 is certain and wrong."
    )
    even_mean: float | None = Field(description="What equal shares for every diagnosis would have scored.")
    waiting: int = Field(description="Ballots whose diagnosis is not known yet.")
    ballots: list[ScoredBallotOut]
    bins: list[BinOut]
