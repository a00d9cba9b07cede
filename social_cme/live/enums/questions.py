"""Vocabularies of questions."""

from __future__ import annotations

from enum import StrEnum


class QuestionState(StrEnum):
    """Where a question of the queue stands."""

    PENDING = "pending"
    DECLINED = "declined"
    OPEN = "open"
    ANSWERING = "answering"
    ANSWERED = "answered"
    LATER = "later"
    MERGED = "merged"
    SKIPPED = "skipped"
    HIDDEN = "hidden"


# What nobody sees but its author and who leads the session.
UNSEEN = frozenset({QuestionState.PENDING, QuestionState.DECLINED})


class AnswerKind(StrEnum):
    """How a question was answered, or that it will be."""

    LIVE = "live"
    WRITING = "writing"
    LATER = "later"


class Move(StrEnum):
    """Where a waiting question goes in the queue; ``votes`` gives its place back to the votes."""

    TOP = "top"
    UP = "up"
    DOWN = "down"
    VOTES = "votes"
