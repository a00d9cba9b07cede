"""Lifting a pseudonym: asking, confirming, declining, and what the author is told of it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.moderation.forms import ReasonForm
from social_cme.moderation.queries import unmasking as queries
from social_cme.moderation.services import unmasking
from social_cme.moderation.views import bp, page
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

UNMASK = "/rooms/<slug:slug>/threads/<id:thread_id>/unmask"


@bp.route(UNMASK, methods=["GET", "POST"])
@login_required
def unmask(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """Show how it stands about a pseudonym, and ask to lift it."""
    ctx = read_room(require_actor(), slug)
    form = ReasonForm()
    if not form.is_submitted():
        return _page(ctx, thread_id, form)
    if not form.validate():
        return _page(ctx, thread_id, form), 422
    try:
        unmasking.request_unmasking(ctx, thread_id=thread_id, reason=form.reason.data or "")
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _page(ctx, thread_id, form), error.status
    flash("Asked. A second moderator confirms or declines it within seven days.", "success")
    return redirect(url_for(".unmask", slug=slug, thread_id=thread_id), code=303)


@bp.post(f"{UNMASK}/confirm")
@login_required
def confirm_unmasking(slug: str, thread_id: int) -> Response:
    """Confirm as the second moderator."""
    ctx = read_room(require_actor(), slug)
    try:
        unmasking.confirm_unmasking(ctx, thread_id=thread_id)
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash("The pseudonym is lifted for the two of you. The author is told, with the reason.", "success")
    return redirect(url_for(".unmask", slug=slug, thread_id=thread_id), code=303)


@bp.post(f"{UNMASK}/decline")
@login_required
def decline_unmasking(slug: str, thread_id: int) -> Response:
    """Decline a request, or take one's own back."""
    ctx = read_room(require_actor(), slug)
    try:
        unmasking.decline_unmasking(ctx, thread_id=thread_id)
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash("Nothing is lifted.", "success")
    return redirect(url_for(".unmask", slug=slug, thread_id=thread_id), code=303)


def _page(ctx: RoomContext, thread_id: int, form: ReasonForm) -> str:
    state = queries.find_state(ctx, thread_id)
    return page("moderation/unmask.html", ctx, form=form, thread=state.thread, post=None, state=state)
