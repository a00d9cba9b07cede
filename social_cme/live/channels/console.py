"""The channel of who leads a session: questions that wait, as they are now.

Rule: to everybody else this channel does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.board import questions_by_id
from social_cme.live.schemas import QuestionOut
from social_cme.persistence.facts import FactRecord


def project(facts: Sequence[FactRecord]) -> list[dict[str, Any] | None]:
    """Return the questions of *facts* in order; rows are loaded once for all of them."""
    questions = questions_by_id(ids_of(facts, "question_id"))
    found = [questions.get(id_of(fact, "question_id")) for fact in facts]
    return [{"question": QuestionOut.of(one).model_dump(mode="json")} if one is not None else None for one in found]
