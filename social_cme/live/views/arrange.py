"""Puts the questions of a session where the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from social_cme.live.enums import QuestionState
from social_cme.live.models import LiveQuestion


@dataclass(slots=True)
class Columns:
    """Questions by their place: the current one, the queue, the done ones, and those merged into each."""

    current: LiveQuestion | None = None
    waiting: list[LiveQuestion] = field(default_factory=list)
    done: list[LiveQuestion] = field(default_factory=list)
    merged: dict[int, list[LiveQuestion]] = field(default_factory=dict)


def columns(questions: Sequence[LiveQuestion]) -> Columns:
    """Sort *questions*, which come with the most wanted first."""
    found = Columns()
    for question in questions:
        if question.state == QuestionState.ANSWERING:
            found.current = question
        elif question.state == QuestionState.OPEN:
            found.waiting.append(question)
        elif question.state == QuestionState.MERGED and question.merged_into_id is not None:
            found.merged.setdefault(question.merged_into_id, []).append(question)
        else:
            found.done.append(question)
    return found
