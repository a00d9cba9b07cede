"""Shows facts about shared links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.stage import links_by_id
from social_cme.live.schemas import LinkOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the links of *facts*, and return what shows one of them."""
    links = links_by_id(ids_of(facts, "link_id"))

    def show(fact: FactRecord) -> Shown:
        link = links.get(id_of(fact, "link_id"))
        return {"link": LinkOut.of(link).model_dump(mode="json")} if link is not None else None

    return show
