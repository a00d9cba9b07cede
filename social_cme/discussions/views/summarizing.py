"""The texts on top of a thread: writing them, what they said before, restoring a version."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Invalid
from social_cme.core.permissions import require
from social_cme.discussions.enums import SummaryKind
from social_cme.discussions.forms import SummaryForm
from social_cme.discussions.models import Thread
from social_cme.discussions.policies import can_edit_summary, can_restore_summary
from social_cme.discussions.queries.summaries import find_summary, list_versions
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services import summaries
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import back_to_thread, page
from social_cme.extensions import limiter
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.markdown import render_markdown

SUMMARY = "/rooms/<slug:slug>/threads/<id:thread_id>/summaries/<any(take_home,case):kind>"


@bp.route(SUMMARY, methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def edit_summary(slug: str, thread_id: int, kind: str) -> str | Response | tuple[str, int]:
    """Write a text on top of a thread."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    require(can_edit_summary(ctx, thread, SummaryKind(kind)))
    if request.method == "GET":
        present = find_summary(ctx, thread, kind)
        form = SummaryForm(formdata=None)
        form.body.data = present.body_md if present is not None else ""
        form.revision.data = str(present.revision if present is not None else 0)
        return _editor(ctx, thread, kind, form)
    form = SummaryForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _editor(ctx, thread, kind, form)
    if not form.validate():
        return _editor(ctx, thread, kind, form), 422
    if "preview" in request.form:
        return _editor(ctx, thread, kind, form, preview=True)
    try:
        summaries.save_summary(
            ctx,
            thread_id=thread_id,
            kind=kind,
            body=form.body.data or "",
            revision=form.seen(),
            reason=form.reason.data or "",
            attested=form.attested_findings(),
        )
    except Invalid as error:
        form.add_errors(error)
        return _editor(ctx, thread, kind, form), error.status
    except AppError as error:
        # Saving once more is then a decision made with both texts in sight.
        present = find_summary(ctx, thread, kind)
        form.revision.data = str(present.revision if present is not None else 0)
        return _editor(ctx, thread, kind, form, problem=error), error.status
    return back_to_thread(ctx, thread_id, anchor=f"summary-{kind}")


@bp.get(f"{SUMMARY}/history")
def summary_history(slug: str, thread_id: int, kind: str) -> str:
    """Show how a text on top of a thread changed."""
    ctx = read_room(current_actor(), slug)
    thread = access_thread(ctx, thread_id)
    found = list_versions(ctx, find_summary(ctx, thread, kind), cursor=request.args.get("cursor"), limit=20)
    return page(
        "discussions/summary_history.html",
        ctx,
        thread=thread,
        kind=kind,
        versions=found.items,
        next_cursor=found.next_cursor,
        may_restore=bool(can_restore_summary(ctx, thread, SummaryKind(kind))),
    )


@bp.post(f"{SUMMARY}/history/<id:revision>/restore")
@login_required
@limiter.limit("30 per minute")
def restore_summary(slug: str, thread_id: int, kind: str, revision: int) -> Response:
    """Put an earlier version back in place."""
    ctx = read_room(require_actor(), slug)
    summaries.restore_version(ctx, thread_id=thread_id, kind=kind, revision=revision)
    flash(f"Version {revision} is on the page again.", "success")
    return redirect(url_for(".summary_history", slug=slug, thread_id=thread_id, kind=kind), code=303)


@bp.post(f"{SUMMARY}/history/<id:revision>/hide")
@login_required
@limiter.limit("30 per minute")
def hide_summary_version(slug: str, thread_id: int, kind: str, revision: int) -> Response:
    """Put the text of an earlier version out of the members' sight."""
    ctx = read_room(require_actor(), slug)
    summaries.seal_version(ctx, thread_id=thread_id, kind=kind, revision=revision)
    flash(f"The text of version {revision} is seen by moderators alone now.", "success")
    return redirect(url_for(".summary_history", slug=slug, thread_id=thread_id, kind=kind), code=303)


def _editor(
    ctx: RoomContext,
    thread: Thread,
    kind: str,
    form: SummaryForm,
    *,
    preview: bool = False,
    problem: AppError | None = None,
) -> str:
    present = find_summary(ctx, thread, kind)
    return page(
        "discussions/edit_summary.html",
        ctx,
        thread=thread,
        kind=kind,
        form=form,
        present=present,
        problem=problem,
        preview_html=render_markdown(form.body.data or "") if preview else None,
    )
