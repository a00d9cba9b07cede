"""The small forms on a thread: votes, acceptance, endorsement, following, closing."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, BadRequest, Invalid
from social_cme.core.permissions import require
from social_cme.discussions.enums import ThreadStatus, VoteTarget
from social_cme.discussions.forms import CloseForm, EndorseForm
from social_cme.discussions.policies import can_close, can_endorse
from social_cme.discussions.queries.pages import post_view
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services import acceptance, endorsements, follows, threads, votes
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import back_to_thread, page
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


def _chosen(*allowed: int) -> int:
    told = request.form.get("value", "")
    found = next((value for value in allowed if str(value) == told), None)
    if found is None:
        raise BadRequest("This button sent something else than was expected. Nothing was changed; reload the page.")
    return found


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/vote")
@login_required
@limiter.limit("120 per minute")
def vote_thread(slug: str, thread_id: int) -> Response:
    """Vote on the opening of a thread."""
    ctx = read_room(require_actor(), slug)
    votes.cast_vote(ctx, target=VoteTarget.THREAD, target_id=thread_id, value=_chosen(1, 0, -1))
    return back_to_thread(ctx, thread_id, anchor="opening")


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/vote")
@login_required
@limiter.limit("120 per minute")
def vote_post(slug: str, post_id: int) -> Response:
    """Vote on an answer or comment."""
    ctx = read_room(require_actor(), slug)
    result = votes.cast_vote(ctx, target=VoteTarget.POST, target_id=post_id, value=_chosen(1, 0, -1))
    return back_to_thread(ctx, result.thread_id, anchor=f"post-{post_id}")


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/accept")
@login_required
@limiter.limit("60 per minute")
def accept(slug: str, post_id: int) -> Response:
    """Mark an answer as one that helped, or take the mark back."""
    ctx = read_room(require_actor(), slug)
    change = acceptance.accept_answer if _chosen(1, 0) else acceptance.unaccept_answer
    post = change(ctx, post_id=post_id)
    return back_to_thread(ctx, post.thread_id, anchor=f"post-{post_id}")


@bp.route("/rooms/<slug:slug>/posts/<id:post_id>/endorse", methods=["GET", "POST"])
@login_required
@limiter.limit("60 per minute", methods=["POST"])
def endorse(slug: str, post_id: int) -> str | Response | tuple[str, int]:
    """Stand behind an answer, with the certainty of the evidence."""
    ctx = read_room(require_actor(), slug)
    shown = post_view(ctx, post_id)
    require(can_endorse(ctx, shown.thread, shown.post))
    form = EndorseForm(obj=shown.my_endorsement)
    if request.method == "GET":
        return page("discussions/endorse.html", ctx, form=form, shown=shown, thread=shown.thread)
    if form.validate():
        try:
            endorsements.endorse_answer(
                ctx, post_id=post_id, evidence_level=form.evidence_level.data, note=form.note.data or ""
            )
        except Invalid as error:
            form.add_errors(error)
        except AppError as error:
            form.form_errors.append(error.message)
            return page("discussions/endorse.html", ctx, form=form, shown=shown, thread=shown.thread), error.status
        else:
            return redirect(url_for(".show_post", slug=slug, post_id=post_id), code=303)
    return page("discussions/endorse.html", ctx, form=form, shown=shown, thread=shown.thread), 422


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/endorse/withdraw")
@login_required
@limiter.limit("60 per minute")
def withdraw_endorsement(slug: str, post_id: int) -> Response:
    """Stand behind an answer no longer."""
    ctx = read_room(require_actor(), slug)
    post = endorsements.withdraw_endorsement(ctx, post_id=post_id)
    return back_to_thread(ctx, post.thread_id, anchor=f"post-{post_id}")


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/follow")
@login_required
@limiter.limit("60 per minute")
def follow(slug: str, thread_id: int) -> Response:
    """Hear of new answers, or no longer."""
    ctx = read_room(require_actor(), slug)
    change = follows.follow_thread if _chosen(1, 0) else follows.unfollow_thread
    change(ctx, thread_id=thread_id)
    return back_to_thread(ctx, thread_id, anchor="opening")


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/close", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def close_thread(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """End a thread, if wanted with a summary."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    require(can_close(ctx, thread))
    form = CloseForm(data={"summary": thread.summary_md})
    if request.method == "GET":
        return page("discussions/close.html", ctx, form=form, thread=thread)
    if not form.validate():
        return page("discussions/close.html", ctx, form=form, thread=thread), 422
    try:
        threads.close_thread(ctx, thread_id=thread_id, summary=form.summary.data or "")
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
