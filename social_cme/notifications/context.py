"""What every page shows of the inbox: the number at the bell."""

from __future__ import annotations

from typing import Any

from flask import Flask, g

from social_cme.notifications.queries import count_unread
from social_cme.web.actor import current_actor


def bind(app: Flask) -> None:
    """Give every template ``unread_count``, at the cost of one query per request at most."""

    @app.context_processor
    def _unread() -> dict[str, Any]:
        if "unread_count" not in g:
            actor = current_actor()
            g.unread_count = count_unread(actor) if actor is not None else 0
        return {"unread_count": g.unread_count}
