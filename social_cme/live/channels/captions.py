"""Shows facts about captions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.stage import captions_by_id, stages_of
from social_cme.live.schemas import CaptionOut, PersonOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None
_NAMED = "caption.captioner_named"


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the lines of *facts* and who types them, and return what shows one of them."""
    lines = captions_by_id(ids_of(facts, "caption_id"))
    stages = stages_of({id_of(fact, "session_id") for fact in facts if fact.kind == _NAMED})

    def show(fact: FactRecord) -> Shown:
        if fact.kind == _NAMED:
            stage = stages.get(id_of(fact, "session_id"))
            person = stage.captioner if stage is not None else None
            return {"captioner": PersonOut.of(person).model_dump(mode="json") if person is not None else None}
        line = lines.get(id_of(fact, "caption_id"))
        return {"caption": CaptionOut.of(line).model_dump(mode="json")} if line is not None else None

    return show
