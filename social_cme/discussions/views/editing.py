"""Editing one's own threads and posts; what they said before stays one click away."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Invalid
from social_cme.core.permissions import require
from social_cme.discussions.enums import PostKind, ThreadKind
from social_cme.discussions.forms import EditAnswerForm, EditCaseForm, EditCommentForm, EditTextForm, WritingForm
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.policies import can_edit_post, can_edit_thread, can_think_aloud
from social_cme.discussions.queries.images import Holder, images_on_page
from social_cme.discussions.queries.posts import access_post, citations_of
from social_cme.discussions.queries.revisions import citation_lines
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.places import edit_place
from social_cme.discussions.services import edits
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.views import bp
from social_cme.discussions.views.composing import rendered_parts
from social_cme.discussions.views.frame import draft_of, page
from social_cme.discussions.views.pictures import handle_pictures, shown_pictures
from social_cme.extensions import limiter
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.uploads import takes_files

Answer = str | Response | tuple[str, int]


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
@takes_files
def edit_thread(slug: str, thread_id: int) -> Answer:
    """Change the opening of one's thread."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    kind = EditCaseForm if thread.kind == ThreadKind.CASE else EditTextForm
    if request.method == "GET":
        require(can_edit_thread(ctx, thread))
        present = {"title": thread.title, "body": thread.body_md, **(thread.case or {})}
        present |= {"setting": thread.setting, "age_band": thread.age_band}
        return _editor(ctx, _filled(ctx, kind, present, thread, None), thread, None)
    return _save(ctx, kind(), thread, None)


@bp.route("/rooms/<slug:slug>/posts/<id:post_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
@takes_files
def edit_post(slug: str, post_id: int) -> Answer:
    """Change one's answer or comment."""
    ctx = read_room(require_actor(), slug)
    thread, post = access_post(ctx, post_id)
    kind = EditAnswerForm if post.kind == PostKind.ANSWER else EditCommentForm
    if request.method == "GET":
        require(can_edit_post(ctx, thread, post))
        present = {"body": post.body_md, "citations": citation_lines(citations_of([post.id]).get(post.id, []))}
        present |= post.think_aloud or {}
        return _editor(ctx, _filled(ctx, kind, present, thread, post), thread, post)
    return _save(ctx, kind(), thread, post)


def _filled(
    ctx: RoomContext, kind: type[WritingForm], present: dict[str, Any], thread: Thread, post: Post | None
) -> WritingForm:
    keys = " ".join(
        image.key for image in images_on_page(thread.id, [post.id] if post else []).get(_place(thread, post), [])
    )
    present = {**present, "image_keys": keys, "revision": str((post or thread).revision)}
    form = kind(formdata=None, data=present)
    draft = draft_of(ctx, edit_place(thread_id=thread.id, post_id=post.id if post is not None else None))
    form.draft_revision.data = str(draft.revision if draft is not None else 0)
    if draft is not None:
        form.restore(draft.content)
    return form


def _place(thread: Thread, post: Post | None) -> tuple[str, int]:
    return (Holder.THREAD, thread.id) if post is None else (Holder.POST, post.id)


def _save(ctx: RoomContext, form: Any, thread: Thread, post: Post | None) -> Answer:
    holder, holder_id = _place(thread, post)
    status = handle_pictures(ctx, form, holder=holder, holder_id=holder_id)
    if status is not None:
        return _editor(ctx, form, thread, post), status
    is_valid = form.validate()
    if "save_draft" in request.form:
        return _keep(ctx, form, thread, post)
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _editor(ctx, form, thread, post)
    if not is_valid:
        return _editor(ctx, form, thread, post), 422
    if "preview" in request.form:
        return _editor(ctx, form, thread, post, preview=True)
    try:
        _write(ctx, form, thread, post)
    except Invalid as error:
        form.add_errors(error)
        return _editor(ctx, form, thread, post), error.status
    except AppError as error:
        # Saving once more is then a decision made with both texts in sight.
        form.revision.data = str((post or thread).revision)
        return _editor(ctx, form, thread, post, problem=error), error.status
    if post is not None:
        return redirect(url_for(".show_post", slug=ctx.room.slug, post_id=post.id), code=303)
    return redirect(url_for(".show_thread", slug=ctx.room.slug, thread_id=thread.id), code=303)


def _write(ctx: RoomContext, form: Any, thread: Thread, post: Post | None) -> None:
    seen = int(form.revision.data) if form.revision.data else None
    common: dict[str, Any] = {
        "reason": form.reason.data or "",
        "attested": form.attested_findings(),
        "revision": seen,
        "draft_revision": form.seen_draft(),
    }
    if post is not None:
        is_answer = isinstance(form, EditAnswerForm)
        edits.edit_post(
            ctx,
            post_id=post.id,
            body=form.body.data or "",
            citations=form.lines() if is_answer else None,
            think_aloud=form.think_aloud() if is_answer else None,
            image_keys=form.picture_keys() if is_answer else None,
            **common,
        )
    elif isinstance(form, EditCaseForm):
        edits.edit_thread(
            ctx,
            thread_id=thread.id,
            title=form.title.data or "",
            case=form.parts(),
            setting=form.setting.data,
            age_band=form.age_band.data,
            image_keys=form.picture_keys(),
            **common,
        )
    else:
        edits.edit_thread(
            ctx,
            thread_id=thread.id,
            title=form.title.data or "",
            body=form.body.data or "",
            image_keys=form.picture_keys(),
            **common,
        )


def _keep(ctx: RoomContext, form: WritingForm, thread: Thread, post: Post | None) -> Answer:
    place = edit_place(thread_id=thread.id, post_id=post.id if post is not None else None)
    try:
        save_draft(ctx.user, place=place, content=form.drafted(), revision=form.seen_draft())
    except AppError as error:
        form.learn_of(error)
        return _editor(ctx, form, thread, post, problem=error), error.status
    flash("Your draft is kept. You find it here on every device.", "success")
    return redirect(request.path, code=303)


def _editor(
    ctx: RoomContext,
    form: WritingForm,
    thread: Thread,
    post: Post | None,
    *,
    preview: bool = False,
    problem: AppError | None = None,
) -> str:
    place = edit_place(thread_id=thread.id, post_id=post.id if post is not None else None)
    holder, holder_id = _place(thread, post)
    return page(
        "discussions/edit.html",
        ctx,
        form=form,
        pictures=shown_pictures(ctx, form, holder=holder, holder_id=holder_id),
        thread=thread,
        post=post,
        place=place,
        draft=draft_of(ctx, place),
        may_think_aloud=bool(can_think_aloud(ctx)),
        previewed=rendered_parts(ctx, form) if preview else None,
        problem=problem,
    )
