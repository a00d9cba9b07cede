"""The number beside “Moderation” in a room's tabs."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request

from social_cme.moderation.queries import count_for_moderator
from social_cme.web.actor import current_actor


def bind(app: Flask) -> None:
    """Give the templates of a room's pages the number of texts that wait, when the reader moderates it."""

    @app.context_processor
    def _waiting() -> dict[str, Any]:
        slug = (request.view_args or {}).get("slug") if has_request_context() else None
        actor = current_actor() if slug else None
        count = count_for_moderator(actor, slug) if slug and actor is not None else None
        return {"moderation_count": count or None}
