"""The sheet with which who leads a session prepares it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.ids import MAX_ID
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live.policies import can_lead
from social_cme.live.queries.prep import load_prep
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services import queue
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.get(f"{SESSION}/prepare")
@login_required
def prepare(slug: str, session_id: int) -> str:
    """Show top questions, likely duplicates, what waits in the room, disclosures, and who will come."""
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    return render_template("live/prepare.html", room=ctx.room, session=session, prep=load_prep(ctx, session))


@bp.post(f"{SESSION}/prepare/merge")
@login_required
@limiter.limit("120 per minute", key_func=person)
def merge_alike(slug: str, session_id: int) -> Response:
    """Merge one of two questions that ask the same into the other."""
    ctx = read_room(require_actor(), slug)
    require(can_lead(ctx, mentor_ids(access_session(ctx, session_id).id)))
    try:
        queue.merge(ctx, session_id, _id("goes"), into_id=_id("stays"))
        flash("The questions are merged. Each asker stays named, and supporters count once.", "success")
    except (Conflict, Invalid) as error:
        flash(error.message, "error")
    return redirect(url_for("live.prepare", slug=slug, session_id=session_id, _anchor="alike"), code=303)


def _id(name: str) -> int:
    value = request.form.get(name, "")
    if not (value.isascii() and value.isdigit() and 0 < int(value[:20]) <= MAX_ID):
        raise Invalid("This page sent something that is not known here. Reload it and try again.")
    return int(value)
