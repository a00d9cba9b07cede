"""Where a thread stands: answered, closed with a reason, open again."""

from __future__ import annotations

from flask import flash, request
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.discussions.enums import ThreadStatus
from social_cme.discussions.forms import CloseForm
from social_cme.discussions.policies import can_close
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services import threads
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import back_to_thread, page
from social_cme.extensions import limiter
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/answered")
@login_required
@limiter.limit("30 per minute")
def mark_answered(slug: str, thread_id: int) -> Response:
    """Say that a question or case is answered, or (``value`` 0) that it is open after all."""
    ctx = read_room(require_actor(), slug)
    threads.mark_answered(ctx, thread_id=thread_id, answered=request.form.get("value") != "0")
    return back_to_thread(ctx, thread_id)


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/close", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def close_thread(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """End a thread with a reason, if wanted with closing words."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    require(can_close(ctx, thread))
    form = CloseForm(data={"summary": thread.summary_md, "reason": thread.closed_reason})
    if request.method == "GET":
        return page("discussions/close.html", ctx, form=form, thread=thread)
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return page("discussions/close.html", ctx, form=form, thread=thread)
    if not form.validate():
        return page("discussions/close.html", ctx, form=form, thread=thread), 422
    try:
        threads.close_thread(
            ctx,
            thread_id=thread_id,
            reason=form.reason.data or "",
            summary=form.summary.data or "",
            attested=form.attested_findings(),
        )
    except Invalid as error:
        form.add_errors(error)
        return page("discussions/close.html", ctx, form=form, thread=thread), error.status
    return back_to_thread(ctx, thread_id)


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/reopen")
@login_required
@limiter.limit("30 per minute")
def reopen_thread(slug: str, thread_id: int) -> Response:
    """Take answers again."""
    ctx = read_room(require_actor(), slug)
    thread = threads.reopen_thread(ctx, thread_id=thread_id)
    if thread.status != ThreadStatus.CLOSED:
        flash("The thread takes answers again.", "success")
    return back_to_thread(ctx, thread_id)
