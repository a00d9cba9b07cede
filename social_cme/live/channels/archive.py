"""Shows facts about what is kept of a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.archive import archives_by_session
from social_cme.live.schemas import ArchiveOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the archives of *facts*, and return what shows one of them."""
    archives = archives_by_session(ids_of(facts, "session_id"))

    def show(fact: FactRecord) -> Shown:
        archive = archives.get(id_of(fact, "session_id"))
        return {"archive": ArchiveOut.of(archive).model_dump(mode="json")} if archive is not None else None

    return show
