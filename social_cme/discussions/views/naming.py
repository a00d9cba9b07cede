"""Who can be named after an @ while somebody writes."""

from __future__ import annotations

from flask import jsonify, request
from flask_login import login_required
from werkzeug import Response

from social_cme.discussions.queries.mentions import suggest_members
from social_cme.discussions.views import bp
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.get("/rooms/<slug:slug>/members/named")
@login_required
@limiter.limit("120 per minute")
def named_members(slug: str) -> Response:
    """Give up to eight members of the room whose names contain what was typed; for whoever may write there."""
    ctx = read_room(require_actor(), slug)
    found = suggest_members(ctx, request.args.get("q", ""))
    answer = jsonify([{"id": one.id, "name": one.display_name, "about": one.about} for one in found])
    answer.headers["Cache-Control"] = "no-store"
    return answer
