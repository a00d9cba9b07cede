"""Shows facts about the chat. Who reacted is not told, only how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.board import find_pinned, messages_by_id
from social_cme.live.queries.options import options_by_session
from social_cme.live.queries.reactions import counts_by_message
from social_cme.live.schemas import ChatOut, QuoteOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None

# Facts of which only a part is shown, not the line itself.
_IN_PART = frozenset({"chat.reacted", "chat.pinned"})


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the lines of *facts*, each once however many facts are about it, and return what shows one of them."""
    of_kind: dict[str, list[FactRecord]] = {}
    for fact in facts:
        of_kind.setdefault(fact.kind if fact.kind in _IN_PART else "written", []).append(fact)
    messages = messages_by_id(ids_of(of_kind.get("written", []), "message_id"))
    counts = counts_by_message(ids_of(of_kind.get("chat.reacted", []), "message_id"))
    options = options_by_session(ids_of(of_kind.get("chat.pinned", []), "session_id"))
    on_top = {session_id: find_pinned(one) for session_id, one in options.items()}

    def show(fact: FactRecord) -> Shown:
        message_id = id_of(fact, "message_id")
        if fact.kind == "chat.reacted":
            return {"reactions": {"id": message_id, "counts": counts.get(message_id, {})}}
        if fact.kind == "chat.pinned":
            line = on_top[id_of(fact, "session_id")]
            return {"pinned": QuoteOut.of(line).model_dump(mode="json") if line is not None else None}
        message = messages.get(message_id)
        return {"chat": ChatOut.of(message).model_dump(mode="json")} if message is not None else None

    return show
