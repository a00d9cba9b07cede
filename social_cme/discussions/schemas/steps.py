"""What the API takes and shows about the steps of a case and its outcomes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from social_cme.discussions.enums import (
    BODY_LIMIT,
    DIAGNOSIS_LIMIT,
    OPTION_LIMIT,
    OUTCOME_LIMIT,
    REASON_LIMIT,
    STEP_ANSWER_LIMIT,
    STEP_QUESTION_LIMIT,
    TITLE_LIMIT,
    ResponseKind,
    StepAsk,
)
from social_cme.discussions.schemas.shown import PostOut, Shown
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody, Schema

_ID = Field(ge=1, lt=2**53)
OptionText = Annotated[str, Field(max_length=OPTION_LIMIT)]
Options = Annotated[list[OptionText], Field(max_length=20)]
Percent = Annotated[int, Field(ge=0, le=100)]
OptionId = Annotated[int, _ID]


class StepIn(ClientBody, Attesting):
    """The next step of a case. ``text`` and ``poll`` need a question, ``poll`` two to eight options."""

    title: str = Field("", max_length=TITLE_LIMIT)
    body: str = Field("", max_length=BODY_LIMIT, description="Markdown.")
    ask: StepAsk = StepAsk.NOTHING
    question: str = Field("", max_length=STEP_QUESTION_LIMIT)
    options: Options = []
    may_skip: bool = Field(True, description="Whether readers may see the next step without answering.")
    reveals: int | None = Field(None, ge=1, lt=2**53, description="The option of an earlier poll that this step tells.")


class StepPatch(Schema, Attesting):
    """Changes of a step; what is left out stays. Once somebody answered, a reason is needed and the options stay."""

    title: str | None = Field(None, max_length=TITLE_LIMIT)
    body: str | None = Field(None, max_length=BODY_LIMIT)
    question: str | None = Field(None, max_length=STEP_QUESTION_LIMIT)
    options: Options | None = None
    may_skip: bool | None = None
    reason: str = Field("", max_length=REASON_LIMIT)
    revision: int | None = Field(
        None, ge=0, lt=2**31, description="The revision you started from; a later one is answered with 409."
    )


class StepAnswerIn(ClientBody, Attesting):
    """An answer to a step in one's own words, in Markdown."""

    body: str = Field(min_length=1, max_length=STEP_ANSWER_LIMIT)


class ShareIn(Schema):
    """How likely one diagnosis is."""

    option_id: OptionId
    percent: Percent


class BallotIn(Schema):
    """How likely each diagnosis is; together 100. What is left out gets 0."""

    shares: Annotated[list[ShareIn], Field(min_length=1, max_length=20)]


class PassIn(Schema):
    """Going on to the next step."""

    skip: bool = Field(False, description="Leave the question unanswered; it cannot be answered afterwards.")


class RightIn(Schema):
    """The diagnosis that proved right."""

    option_id: OptionId


class OptionOut(Shown):
    """A diagnosis of a poll; the figures are empty until the caller may know them."""

    id: int
    text: str
    mine: int | None = Field(description="The caller's own share in percent.")
    mean: float | None = Field(description="The mean share of all ballots in percent.")
    first_choices: int | None = Field(description="How many gave it their largest share.")
    is_right: bool | None


class StepOut(Shown):
    """A step that is open to the caller."""

    id: int
    position: int
    total: int
    title: str
    body: str
    body_html: str
    ask: StepAsk
    question: str
    may_skip: bool
    is_closed: bool
    is_solved: bool
    edited_at: datetime | None
    revision: int
    how: ResponseKind | None = Field(description="How the caller got past it.")
    may_respond: bool
    may_change: bool
    options: list[OptionOut]
    ballot_count: int | None
    skipped_count: int | None
    answers: list[PostOut] = Field(description="What peers answered, the first fifty.")
    answer_count: int | None

    @classmethod
    def of(cls, view: Any) -> Self:
        """Show a step as one reader sees it."""
        step, seen = view.step, view.shows_peers
        own = ("id", "position", "title", "ask", "question", "may_skip", "edited_at", "revision", "body_html")
        return cls(
            **{name: getattr(step, name) for name in own},
            total=view.total,
            body=step.body_md,
            is_closed=step.closed_at is not None,
            is_solved=view.is_solved,
            how=view.how,
            may_respond=view.may_respond,
            may_change=view.may_change,
            options=[
                OptionOut(
                    id=one.id,
                    text=one.text,
                    mine=one.mine if view.how == ResponseKind.BALLOT else None,
                    mean=round(one.mean, 1) if seen else None,
                    first_choices=one.first_choices if seen else None,
                    is_right=one.is_right if view.is_solved else None,
                )
                for one in view.options
            ],
            ballot_count=view.ballots if seen else None,
            skipped_count=view.skipped if seen else None,
            answers=[PostOut.of(one) for one in view.answers] if seen else [],
            answer_count=view.answer_total if seen else None,
        )


class StepList(Shown):
    """The steps of a case that are open to the caller, of how many."""

    items: list[StepOut]
    total: int


class StepRevisionOut(Shown):
    """What a step said before an edit."""

    id: int
    created_at: datetime
    reason: str
    title: str
    question: str
    body: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a version."""
        own = {name: getattr(row, name) for name in ("id", "created_at", "reason", "title", "question")}
        return cls(**own, body=row.body_md)


class StepRevisionList(Shown):
    """A page of versions, the latest first."""

    items: list[StepRevisionOut]
    next_cursor: str | None


class OutcomeIn(ClientBody, Attesting):
    """What happened with the patient of a case."""

    body: str = Field(min_length=1, max_length=OUTCOME_LIMIT, description="Markdown.")
    diagnosis: str = Field("", max_length=DIAGNOSIS_LIMIT)
    right_options: Annotated[list[OptionId], Field(max_length=20)] = []
    is_final: bool = Field(False, description="The author is asked no more.")


class HideOutcomeIn(Schema):
    """Why an outcome is put out of sight; whoever told it needs no reason."""

    reason: str = Field("", max_length=REASON_LIMIT)


class OutcomeOut(Shown):
    """What the author told of how a case went on."""

    id: int
    created_at: datetime
    body: str
    body_html: str
    diagnosis: str
    is_final: bool
    is_hidden: bool

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show an outcome that the reader may see."""
        own = {name: getattr(row, name) for name in ("id", "created_at", "body_html", "diagnosis", "is_final")}
        return cls(**own, body=row.body_md, is_hidden=row.hidden_at is not None)


class OutcomeList(Shown):
    """What was told of a case, in the order of time."""

    items: list[OutcomeOut]
