"""Private words between mentors and an author under a pseudonym."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.discussions.forms import ClarifyForm
from social_cme.discussions.policies import can_answer_privately, can_ask_privately
from social_cme.discussions.queries.clarifications import access_private, list_conversations
from social_cme.discussions.services.clarifications import say_privately
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import page
from social_cme.extensions import limiter
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/private", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def clarify(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """Show the private words about a thread, and take more."""
    ctx = read_room(require_actor(), slug)
    form = ClarifyForm()
    if not form.is_submitted():
        access_private(ctx, thread_id)
        form.name_request()
        return _page(ctx, thread_id, form)
    if not form.validate():
        return _page(ctx, thread_id, form), 422
    try:
        say_privately(
            ctx,
            thread_id=thread_id,
            body=form.body.data or "",
            mentor_id=form.mentor_id(),
            client_id=form.request_name(),
        )
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _page(ctx, thread_id, form), error.status
    flash("Sent. Nobody else reads it.", "success")
    return redirect(url_for(".clarify", slug=slug, thread_id=thread_id), code=303)


def _page(ctx: RoomContext, thread_id: int, form: ClarifyForm) -> str:
    thread = access_private(ctx, thread_id)
    return page(
        "discussions/private.html",
        ctx,
        thread=thread,
        form=form,
        is_author=bool(can_answer_privately(ctx, thread)),
        asking=can_ask_privately(ctx, thread),
        conversations=list_conversations(ctx, thread),
    )
