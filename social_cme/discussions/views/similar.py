"""What resembles a thread that is being written, for a page on which somebody writes."""

from __future__ import annotations

from flask import request
from flask_login import login_required

from social_cme.core.permissions import require
from social_cme.discussions.enums import BODY_LIMIT, TITLE_LIMIT
from social_cme.discussions.policies import can_post_thread
from social_cme.discussions.queries.similar import find_similar
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import page
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.post("/rooms/<slug:slug>/similar")
@login_required
@limiter.limit("60 per minute")
def similar(slug: str) -> str:
    """Give the threads that resemble what was typed so far."""
    ctx = read_room(require_actor(), slug)
    require(can_post_thread(ctx))
    title, text = request.form.get("title", "")[: 2 * TITLE_LIMIT], request.form.get("text", "")[:BODY_LIMIT]
    return page("discussions/similar.html", ctx, similar=find_similar(ctx, title=title, text=text))
