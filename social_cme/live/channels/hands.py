"""Shows facts about raised hands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.stage import hands_by_id
from social_cme.live.schemas import HandOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the hands of *facts*, and return what shows one of them."""
    hands = hands_by_id(ids_of(facts, "hand_id"))

    def show(fact: FactRecord) -> Shown:
        hand = hands.get(id_of(fact, "hand_id"))
        return {"hand": HandOut.of(hand).model_dump(mode="json")} if hand is not None else None

    return show
