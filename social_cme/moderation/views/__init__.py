"""Pages of moderation: reporting, the queue, measures, the log."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from social_cme.moderation.enums import MEASURE_WORDS, REASON_HINTS, REASON_WORDS
from social_cme.rooms.policies import RoomContext, can_manage_room, can_moderate

bp = Blueprint("moderation", __name__)
_WORDS = {
    "reason_words": {str(key): words for key, words in REASON_WORDS.items()},
    "reason_hints": {str(key): words for key, words in REASON_HINTS.items()},
    "measure_words": {str(key): words for key, words in MEASURE_WORDS.items()},
}


def page(template: str, ctx: RoomContext, **values: Any) -> str:
    """Render a page inside the room's frame."""
    return render_template(
        template,
        room=ctx.room,
        membership=ctx.membership if ctx.is_member else None,
        can_moderate=bool(can_moderate(ctx)),
        can_manage=bool(can_manage_room(ctx)),
        can_see_participation=ctx.is_mentor or ctx.is_coordinator or ctx.is_administrator,
        **_WORDS,
        **values,
    )


from social_cme.moderation.views import deciding, measuring, purging, reporting, structure, unmasking  # noqa: E402

__all__ = ["bp", "deciding", "measuring", "page", "purging", "reporting", "structure", "unmasking"]
