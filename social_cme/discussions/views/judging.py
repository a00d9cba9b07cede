"""What mentors say about an answer: endorsing, renewing, disputing. What cannot be saved is given back in the form."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core import clock
from social_cme.core.errors import AppError, Invalid
from social_cme.core.permissions import require
from social_cme.discussions.forms import DisputeForm, EndorseForm, OutcomeForm
from social_cme.discussions.policies import can_dispute, can_endorse
from social_cme.discussions.queries.pages import PostView, post_view
from social_cme.discussions.rules.evidence import SCALES, usual_review_date
from social_cme.discussions.services import disputes, endorsements
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import back_to_thread, page
from social_cme.extensions import limiter
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.enums import EvidenceScale
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

Answer = str | Response | tuple[str, int]


@bp.route("/rooms/<slug:slug>/posts/<id:post_id>/endorse", methods=["GET", "POST"])
@login_required
@limiter.limit("60 per minute", methods=["POST"])
def endorse(slug: str, post_id: int) -> Answer:
    """Stand behind an answer, with how good the evidence is and until when that holds."""
    ctx = read_room(require_actor(), slug)
    shown = post_view(ctx, post_id)
    require(can_endorse(ctx, shown.thread, shown.post, names_retracted=shown.names_retracted))
    form = _endorse_form(ctx, shown)
    if request.method == "GET":
        return _endorse_page(ctx, form, shown)
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _endorse_page(ctx, form, shown)
    if not form.validate():
        return _endorse_page(ctx, form, shown), 422
    try:
        endorsements.endorse_answer(
            ctx,
            post_id=post_id,
            evidence_level=form.evidence_level.data,
            note=form.note.data or "",
            review_by=form.review_by.data,
            attested=form.attested_findings(),
        )
    except AppError as error:
        return _refused(form, error, _endorse_page, ctx, post_id)
    return redirect(url_for(".show_post", slug=slug, post_id=post_id), code=303)


def _endorse_form(ctx: RoomContext, shown: PostView) -> EndorseForm:
    form = EndorseForm(obj=shown.my_endorsement)
    form.use_scale(ctx.room.evidence_scale)
    if request.method == "GET" and (shown.my_endorsement is None or shown.my_endorsement.lapsed_at is not None):
        form.review_by.data = usual_review_date(clock.now().date())
    return form


def _endorse_page(ctx: RoomContext, form: EndorseForm, shown: PostView) -> str:
    levels = SCALES[EvidenceScale(ctx.room.evidence_scale)]
    return page("discussions/endorse.html", ctx, form=form, shown=shown, thread=shown.thread, levels=levels)


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/endorse/renew")
@login_required
@limiter.limit("60 per minute")
def renew_endorsement(slug: str, post_id: int) -> Response:
    """Stand behind an answer for another twelve months."""
    ctx = read_room(require_actor(), slug)
    endorsements.renew_endorsement(ctx, post_id=post_id)
    flash("Your endorsement holds for another twelve months.", "success")
    return redirect(url_for(".show_post", slug=slug, post_id=post_id), code=303)


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/endorse/withdraw")
@login_required
@limiter.limit("60 per minute")
def withdraw_endorsement(slug: str, post_id: int) -> Response:
    """Stand behind an answer no longer."""
    ctx = read_room(require_actor(), slug)
    post = endorsements.withdraw_endorsement(ctx, post_id=post_id)
    return back_to_thread(ctx, post.thread_id, anchor=f"post-{post_id}")


@bp.route("/rooms/<slug:slug>/posts/<id:post_id>/dispute", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def dispute(slug: str, post_id: int) -> Answer:
    """Mark an answer as disputed and tell everybody who read it; while it is, change the words."""
    ctx = read_room(require_actor(), slug)
    shown = post_view(ctx, post_id)
    require(can_dispute(ctx, shown.thread, shown.post))
    present = shown.dispute if shown.post.is_disputed else None
    start = {"reason": present.reason, "correction": present.correction_md} if present is not None else {}
    form = DisputeForm(data=start)
    if request.method == "GET":
        return _dispute_page(ctx, form, shown)
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _dispute_page(ctx, form, shown)
    if not form.validate():
        return _dispute_page(ctx, form, shown), 422
    try:
        disputes.dispute_answer(
            ctx,
            post_id=post_id,
            reason=form.reason.data or "",
            correction=form.correction.data or "",
            attested=form.attested_findings(),
        )
    except AppError as error:
        return _refused(form, error, _dispute_page, ctx, post_id)
    return redirect(url_for(".show_post", slug=slug, post_id=post_id), code=303)


@bp.route("/rooms/<slug:slug>/posts/<id:post_id>/dispute/resolve", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def resolve_dispute(slug: str, post_id: int) -> Answer:
    """Settle the dispute about an answer, and tell everybody who read it."""
    ctx = read_room(require_actor(), slug)
    shown = post_view(ctx, post_id)
    require(can_dispute(ctx, shown.thread, shown.post))
    form = OutcomeForm()
    if request.method == "GET":
        return _resolve_page(ctx, form, shown)
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _resolve_page(ctx, form, shown)
    if not form.validate():
        return _resolve_page(ctx, form, shown), 422
    try:
        disputes.resolve_dispute(
            ctx, post_id=post_id, outcome=form.outcome.data or "", attested=form.attested_findings()
        )
    except AppError as error:
        return _refused(form, error, _resolve_page, ctx, post_id)
    return redirect(url_for(".show_post", slug=slug, post_id=post_id), code=303)


def _dispute_page(ctx: RoomContext, form: DisputeForm, shown: PostView) -> str:
    return page("discussions/dispute.html", ctx, form=form, shown=shown, thread=shown.thread)


def _resolve_page(ctx: RoomContext, form: OutcomeForm, shown: PostView) -> str:
    return page("discussions/resolve_dispute.html", ctx, form=form, shown=shown, thread=shown.thread)


def _refused(form, error: AppError, render, ctx: RoomContext, post_id: int) -> tuple[str, int]:  # type: ignore[no-untyped-def]
    """Give the form back with the reason; what was written is still in it."""
    if isinstance(error, Invalid):
        form.add_errors(error)
    else:
        form.form_errors.append(error.message)
    # Read again, because the service forgot what was read before it.
    return render(ctx, form, post_view(ctx, post_id)), error.status
