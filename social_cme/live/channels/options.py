"""Shows facts about how the queue and the chat of a session are run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.options import options_by_session
from social_cme.live.schemas import OptionsOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the options of the sessions of *facts*, and return what shows one of them."""
    options = options_by_session(ids_of(facts, "session_id"))

    def show(fact: FactRecord) -> Shown:
        return {"options": OptionsOut.of(options[id_of(fact, "session_id")]).model_dump(mode="json")}

    return show
