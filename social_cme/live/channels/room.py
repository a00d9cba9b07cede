"""Shows facts about a session as a whole. Who will come is not told, only how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.archive import archives_by_session
from social_cme.live.queries.board import threads_by_question
from social_cme.live.queries.sessions import list_mentors, sessions_by_id
from social_cme.live.schemas import ArchiveOut, SessionOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the sessions of *facts*, and return what shows one of them."""
    sessions = sessions_by_id(ids_of(facts, "session_id"))
    archived = [fact for fact in facts if fact.kind == "session.archived"]
    archives = archives_by_session(ids_of(archived, "session_id"))
    mentors = list_mentors(sessions) if any(fact.kind.startswith(("session.", "series.")) for fact in facts) else {}

    def show(fact: FactRecord) -> Shown:
        session = sessions.get(id_of(fact, "session_id"))
        if session is None:
            return None
        if fact.kind.startswith("rsvp."):
            counts = {"going_count": session.going_count, "waiting_count": session.waiting_count}
            return {"session": {"id": session.id, **counts}}
        if fact.kind == "session.archived":
            threads = threads_by_question(session.id)
            shown = [{"id": question_id, "thread_id": thread_id} for question_id, thread_id in threads.items()]
            archive = archives.get(session.id)
            about = ArchiveOut.of(archive).model_dump(mode="json") if archive is not None else None
            return {"session": {"id": session.id, "is_archived": True}, "questions": shown, "archive": about}
        return {"session": SessionOut.of(session, mentors[session.id]).model_dump(mode="json")}

    return show
