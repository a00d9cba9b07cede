"""One's own drafts."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.discussions.queries.drafts import list_drafts, places_of
from social_cme.discussions.services.drafts import discard_draft as throw_away
from social_cme.discussions.views import bp
from social_cme.web.actor import require_actor


@bp.get("/drafts")
@login_required
def my_drafts() -> str:
    """List one's unfinished writing with the way back to it."""
    actor = require_actor()
    found = list_drafts(actor.id, cursor=request.args.get("cursor"), limit=25)
    return render_template(
        "discussions/drafts.html",
        lines=places_of(actor, found.items),
        next_cursor=found.next_cursor,
        is_first=not request.args.get("cursor"),
    )


@bp.post("/drafts/discard")
@login_required
def discard_draft() -> Response:
    """Throw a draft away."""
    throw_away(require_actor(), place=request.form.get("place", ""))
    flash("The draft is discarded.", "success")
    told = request.form.get("back", "")
    fits = (
        told.startswith("/rooms/") and "\\" not in told and "//" not in told and told.isprintable() and len(told) < 300
    )
    return redirect(told if fits else url_for(".my_drafts"), code=303)
