"""Answering and commenting. What cannot be sent is given back on the page, with the reason."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Invalid
from social_cme.discussions.forms import AnswerForm, CommentForm
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.places import answer_place
from social_cme.discussions.services.answers import post_answer as write_answer
from social_cme.discussions.services.answers import withdraw_post as take_back
from social_cme.discussions.services.comments import post_comment as write_comment
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import back_to_thread, preview_html
from social_cme.discussions.views.pictures import handle_pictures
from social_cme.discussions.views.reading import thread_html
from social_cme.extensions import limiter
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.uploads import takes_files

Answer = Response | tuple[str, int]


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/answers")
@login_required
@limiter.limit("30 per minute")
@takes_files
def post_answer(slug: str, thread_id: int) -> Answer:
    """Answer a thread, look at the answer first, or keep it as a draft."""
    ctx = read_room(require_actor(), slug)
    access_thread(ctx, thread_id)
    form = AnswerForm()
    status = handle_pictures(ctx, form)
    if status is not None:
        return thread_html(ctx, thread_id, answer_form=form)[0], status
    is_valid = form.validate()
    if "save_draft" in request.form:
        return _keep_answer(ctx, thread_id, form)
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return thread_html(ctx, thread_id, answer_form=form)[0], 200
    if not is_valid:
        return thread_html(ctx, thread_id, answer_form=form)[0], 422
    if "preview" in request.form:
        shown = preview_html(ctx, form.body.data or "")
        return thread_html(ctx, thread_id, answer_form=form, preview=shown)[0], 200
    try:
        post = write_answer(
            ctx,
            thread_id=thread_id,
            body=form.body.data or "",
            citations=form.lines(),
            image_keys=form.picture_keys(),
            attested=form.attested_findings(),
            think_aloud=form.think_aloud(),
            client_id=form.request_name(),
            draft_revision=form.seen_draft(),
        )
    except Invalid as error:
        form.add_errors(error)
        return thread_html(ctx, thread_id, answer_form=form)[0], error.status
    except AppError as error:
        return thread_html(ctx, thread_id, answer_form=form, problem=error)[0], error.status
    return redirect(url_for(".show_post", slug=slug, post_id=post.id), code=303)


def _keep_answer(ctx, thread_id: int, form: AnswerForm) -> Answer:  # type: ignore[no-untyped-def]
    place = answer_place(thread_id)
    try:
        draft = save_draft(ctx.user, place=place, content=form.drafted(), revision=form.seen_draft())
    except AppError as error:
        form.learn_of(error)
        return thread_html(ctx, thread_id, answer_form=form, problem=error)[0], error.status
    form.draft_revision.data = str(draft.revision)
    flash("Your draft is kept. You find it here on every device.", "success")
    return back_to_thread(ctx, thread_id, anchor="answer-form")


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/comments")
@login_required
@limiter.limit("30 per minute")
def post_comment(slug: str, thread_id: int) -> Answer:
    """Comment on the opening or on an answer."""
    ctx = read_room(require_actor(), slug)
    access_thread(ctx, thread_id)
    form = CommentForm()
    is_valid = form.validate()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return thread_html(ctx, thread_id, comment_form=form)[0], 200
    if not is_valid:
        return thread_html(ctx, thread_id, comment_form=form)[0], 422
    try:
        post = write_comment(
            ctx,
            thread_id=thread_id,
            parent_id=form.parent_id(),
            body=form.body.data or "",
            attested=form.attested_findings(),
            client_id=form.request_name(),
            draft_revision=form.seen_draft(),
        )
    except Invalid as error:
        form.add_errors(error)
        return thread_html(ctx, thread_id, comment_form=form)[0], error.status
    except AppError as error:
        return thread_html(ctx, thread_id, comment_form=form, problem=error)[0], error.status
    return redirect(url_for(".show_post", slug=slug, post_id=post.id), code=303)


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/withdraw")
@login_required
@limiter.limit("30 per minute")
def withdraw_post(slug: str, post_id: int) -> Response:
    """Take one's own post back."""
    ctx = read_room(require_actor(), slug)
    post = take_back(ctx, post_id=post_id)
    flash("Your post is withdrawn. You and the moderators still see it.", "success")
    return back_to_thread(ctx, post.thread_id, anchor=f"post-{post.id}")
