"""Shows facts about the chat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.board import messages_by_id
from social_cme.live.schemas import ChatOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the lines of *facts*, and return what shows one of them."""
    messages = messages_by_id(ids_of(facts, "message_id"))

    def show(fact: FactRecord) -> Shown:
        message = messages.get(id_of(fact, "message_id"))
        return {"chat": ChatOut.of(message).model_dump(mode="json")} if message is not None else None

    return show
