"""Shows facts about slides. What stands on a page is fetched with the rights of the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.slides import list_decks
from social_cme.live.queries.stage import slides_of, stages_of
from social_cme.live.schemas import SlidesOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the slides of the sessions of *facts*, and return what shows one of them."""
    ids = ids_of(facts, "session_id")
    stages, decks = stages_of(ids), list_decks(ids)

    def show(fact: FactRecord) -> Shown:
        session_id = id_of(fact, "session_id")
        now = slides_of(stages.get(session_id), decks.get(session_id, []))
        return {"slides": SlidesOut.of(now).model_dump(mode="json")}

    return show
