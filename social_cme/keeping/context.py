"""What the pages of a thread show of what their reader keeps."""

from __future__ import annotations

from typing import Any

from flask import Flask, g

from social_cme.keeping.queries import Keepings, keepings_of
from social_cme.web.actor import current_actor


def bind(app: Flask) -> None:
    """Give templates ``keepings(thread_id)``: the reader's bookmarks and note of a thread, read once per request."""

    @app.context_processor
    def _keepings() -> dict[str, Any]:
        return {"keepings": _of_reader}


def _of_reader(thread_id: int) -> Keepings:
    actor = current_actor()
    if actor is None:
        return Keepings({}, None)
    known: dict[int, Keepings] = g.setdefault("keepings", {})
    if thread_id not in known:
        known[thread_id] = keepings_of(actor.id, thread_id)
    return known[thread_id]
