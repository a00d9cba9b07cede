"""Shows facts about the agenda: the whole of it, as it is now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.agenda import load_agendas
from social_cme.live.schemas import AgendaOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the agendas of *facts*, and return what shows one of them."""
    agendas = load_agendas(ids_of(facts, "session_id"))

    def show(fact: FactRecord) -> Shown:
        agenda = agendas.get(id_of(fact, "session_id"))
        return {"agenda": AgendaOut.of(agenda).model_dump(mode="json")} if agenda is not None else None

    return show
