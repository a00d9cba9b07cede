"""Vocabularies of questions."""

from __future__ import annotations

from enum import StrEnum


class QuestionState(StrEnum):
    """Where a question of the queue stands."""

    OPEN = "open"
    ANSWERING = "answering"
    ANSWERED = "answered"
    MERGED = "merged"
    SKIPPED = "skipped"
    HIDDEN = "hidden"
