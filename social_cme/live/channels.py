"""The channel of a session: who may follow it, and how its facts are shown.

Rule: every message carries the present state of what it is about, never a difference; so applying one twice, or after a newer
snapshot, changes nothing. Who voted and who will come is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from social_cme.accounts.models import User
from social_cme.live.models import ChatMessage, LiveQuestion, LiveSession
from social_cme.live.queries.board import messages_by_id, questions_by_id, threads_by_question
from social_cme.live.queries.sessions import enter_session, list_mentors, sessions_by_id
from social_cme.live.schemas import ChatOut, QuestionOut, SessionOut
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.messages import ChannelKind

Shown = dict[str, Any] | None


def authorise(viewer: User, session_id: int) -> None:
    """Raise unless *viewer* may read the session; absent and hidden look the same."""
    enter_session(viewer, session_id)


def project(facts: Sequence[FactRecord]) -> list[Shown]:
    """Return the public data of *facts* in order; rows are loaded once for all of them."""
    sessions = sessions_by_id(_ids(facts, "session_id"))
    mentors = list_mentors(sessions) if any(_shows_session(fact) for fact in facts) else {}
    questions = questions_by_id(_ids(facts, "question_id"))
    targets = {one.merged_into_id for one in questions.values() if one.merged_into_id is not None}
    questions |= questions_by_id(targets - questions.keys())
    messages = messages_by_id(_ids(facts, "message_id"))
    return [_show(fact, sessions, mentors, questions, messages) for fact in facts]


def _show(
    fact: FactRecord,
    sessions: dict[int, LiveSession],
    mentors: dict[int, list[User]],
    questions: dict[int, LiveQuestion],
    messages: dict[int, ChatMessage],
) -> Shown:
    session = sessions.get(_id(fact, "session_id"))
    if session is None:
        return None
    if fact.kind == "rsvp.given":
        return {"session": {"id": session.id, "going_count": session.going_count}}
    if fact.kind == "session.archived":
        threads = threads_by_question(session.id)
        shown = [{"id": question_id, "thread_id": thread_id} for question_id, thread_id in threads.items()]
        return {"session": {"id": session.id, "is_archived": True}, "questions": shown}
    if _shows_session(fact):
        return {"session": SessionOut.of(session, mentors[session.id]).model_dump(mode="json")}
    if fact.kind.startswith("chat."):
        message = messages.get(_id(fact, "message_id"))
        return {"chat": ChatOut.of(message).model_dump(mode="json")} if message is not None else None
    question = questions.get(_id(fact, "question_id"))
    if question is None:
        return None
    if fact.kind == "question.voted":
        return {"questions": [{"id": question.id, "score": question.score}]}
    return _show_question(session, question, questions)


def _show_question(session: LiveSession, question: LiveQuestion, questions: dict[int, LiveQuestion]) -> Shown:
    shown = [QuestionOut.of(question).model_dump(mode="json")]
    target = questions.get(question.merged_into_id or 0)
    if target is not None:
        shown.append({"id": target.id, "score": target.score})
    current = {"id": session.id, "current_question_id": session.current_question_id}
    return {"questions": shown, "session": current}


def _shows_session(fact: FactRecord) -> bool:
    return fact.kind.startswith("session.")


def _ids(facts: Sequence[FactRecord], name: str) -> set[int]:
    return {_id(fact, name) for fact in facts if name in fact.data}


def _id(fact: FactRecord, name: str) -> int:
    return int(fact.data.get(name) or 0)


CHANNELS = (ChannelKind("live", authorise=authorise, project=project, shows_presence=True),)
