"""What the page of a thread shows of the session that it came from."""

from __future__ import annotations

from typing import Any

from flask import Flask

from social_cme.live.queries.archive import Origin, find_origin


def bind(app: Flask) -> None:
    """Give templates ``live_origin(thread)``: where a thread came from, ``None`` for all others."""

    @app.context_processor
    def _origin() -> dict[str, Any]:
        return {"live_origin": _of_thread}


def _of_thread(thread: Any) -> Origin | None:
    if thread.live_question_id is None:
        return None
    origin = find_origin(thread.live_question_id)
    # A thread may have been moved to a room whose members cannot see the session.
    return origin if origin is not None and origin.session.room_id == thread.room_id else None
