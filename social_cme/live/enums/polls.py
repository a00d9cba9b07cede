"""Vocabularies of polls."""

from __future__ import annotations

from enum import StrEnum


class PollKind(StrEnum):
    """What a ballot of a poll says."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    QUIZ = "quiz"
    SCALE = "scale"
    RANKING = "ranking"
    TEXT = "text"
    DIFFERENTIAL = "differential"


class PollState(StrEnum):
    """Where a poll stands; while people discuss between two rounds the answer and the solution stay back."""

    DRAFT = "draft"
    OPEN = "open"
    DISCUSSING = "discussing"
    CLOSED = "closed"


class ResultsWhen(StrEnum):
    """When participants see the results."""

    LIVE = "live"
    VOTED = "voted"
    CLOSED = "closed"


class Reveal(StrEnum):
    """Whether a mentor decided about the results by hand."""

    AUTO = "auto"
    SHOWN = "shown"
    HIDDEN = "hidden"


KIND_WORDS = {
    PollKind.SINGLE: "One choice",
    PollKind.MULTIPLE: "Several choices",
    PollKind.QUIZ: "Quiz with right answers",
    PollKind.SCALE: "Scale",
    PollKind.RANKING: "Ranking",
    PollKind.TEXT: "Free text",
    PollKind.DIFFERENTIAL: "Differential with likelihoods",
}
RESULTS_WORDS = {
    ResultsWhen.LIVE: "While people vote",
    ResultsWhen.VOTED: "After one's own vote",
    ResultsWhen.CLOSED: "After closing",
}
STATE_WORDS = {
    PollState.DRAFT: "Prepared",
    PollState.OPEN: "Open",
    PollState.DISCUSSING: "Discuss",
    PollState.CLOSED: "Closed",
}
