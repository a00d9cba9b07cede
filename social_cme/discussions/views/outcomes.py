"""What happened with the patient of a case: the author tells it."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError
from social_cme.core.permissions import require
from social_cme.discussions.forms import CaseOutcomeForm, outcome_form
from social_cme.discussions.models import Thread
from social_cme.discussions.policies import can_tell_outcome
from social_cme.discussions.queries.outcomes import polls_of
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services import outcomes
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import page
from social_cme.extensions import limiter
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/outcomes/new", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def new_outcome(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """Tell what happened."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    require(can_tell_outcome(ctx, thread))
    polls = polls_of(thread)
    kind = outcome_form([(step_id, question, options) for step_id, question, options, _right in polls])
    if request.method == "GET":
        known = {f"right_{step_id}": str(right) for step_id, _question, _options, right in polls if right is not None}
        form = kind(formdata=None, data=known)
        form.name_request()
        return _page(ctx, form, thread)
    form = kind()
    is_valid = form.validate()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _page(ctx, form, thread)
    if not is_valid:
        return _page(ctx, form, thread), 422
    try:
        outcomes.tell_outcome(
            ctx,
            thread_id=thread_id,
            body=form.body.data or "",
            diagnosis=form.diagnosis.data or "",
            right_options=form.right_options(),
            is_final=bool(form.is_final.data),
            attested=form.attested_findings(),
            client_id=form.request_name(),
        )
    except AppError as error:
        form.add_errors(error)
        return _page(ctx, form, access_thread(ctx, thread_id)), error.status
    flash("Thank you. It stands with the case, and who follows it is told.", "success")
    return redirect(url_for(".show_thread", slug=slug, thread_id=thread_id, _anchor="outcomes"), code=303)


@bp.post("/rooms/<slug:slug>/outcomes/<id:outcome_id>/hide")
@login_required
@limiter.limit("30 per minute")
def hide_outcome(slug: str, outcome_id: int) -> Response:
    """Take one's own outcome back, or as a moderator hide it with a reason."""
    ctx = read_room(require_actor(), slug)
    outcome = outcomes.hide_outcome(ctx, outcome_id=outcome_id, reason=request.form.get("reason", ""))
    flash("It is hidden. Its author and the moderators still see it.", "success")
    return redirect(url_for(".show_thread", slug=slug, thread_id=outcome.thread_id, _anchor="outcomes"), code=303)


def _page(ctx: RoomContext, form: CaseOutcomeForm, thread: Thread) -> str:
    return page("discussions/outcome.html", ctx, form=form, thread=thread)
