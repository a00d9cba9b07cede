"""Shows facts about questions. Who voted is not told, and what waits for approval is not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.enums import UNSEEN
from social_cme.live.queries.board import list_order, questions_by_id
from social_cme.live.queries.sessions import sessions_by_id
from social_cme.live.schemas import QuestionOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the questions of *facts*, and return what shows one of them."""
    sessions = sessions_by_id(ids_of(facts, "session_id"))
    questions = questions_by_id(ids_of(facts, "question_id"))
    targets = {one.merged_into_id for one in questions.values() if one.merged_into_id is not None}
    questions |= questions_by_id(targets - questions.keys())
    orders = list_order(ids_of([fact for fact in facts if fact.kind == "question.moved"], "session_id"))

    def show(fact: FactRecord) -> Shown:
        session = sessions.get(id_of(fact, "session_id"))
        question = questions.get(id_of(fact, "question_id"))
        if session is None or question is None or question.state in UNSEEN:
            return None
        if fact.kind == "question.voted":
            return {"questions": [{"id": question.id, "score": question.score}]}
        if fact.kind == "question.moved":
            return {"order": orders[session.id]}
        shown: list[dict[str, Any]] = [QuestionOut.of(question).model_dump(mode="json")]
        target = questions.get(question.merged_into_id or 0)
        if target is not None:
            shown.append({"id": target.id, "score": target.score})
        current = {"id": session.id, "current_question_id": session.current_question_id}
        return {"questions": shown, "session": current}

    return show
