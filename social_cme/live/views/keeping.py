"""What is kept of a session: its transcript and its summary."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Invalid
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live import rules
from social_cme.live.forms import SummaryForm
from social_cme.live.policies import can_lead
from social_cme.live.queries.archive import access_archive
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.queries.transcript import PAGE, PRINTED, list_transcript
from social_cme.live.services.summing_up import write_summary
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, back_to
from social_cme.live.views.pages import room_frame
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor


@bp.get(f"{SESSION}/transcript")
def transcript(slug: str, session_id: int) -> str:
    """Show what was asked, answered and written in the order of time; with ``whole=1`` on one page, for paper."""
    ctx = read_room(current_actor(), slug)
    session = access_session(ctx, session_id)
    words = request.args.get("q", "").strip()[: rules.MAX_TRANSCRIPT_QUERY]
    whole = request.args.get("whole") == "1"
    cursor = None if whole else request.args.get("after")
    page = list_transcript(session, words=words, cursor=cursor, limit=PRINTED if whole else PAGE)
    here: dict[str, Any] = {"slug": slug, "session_id": session_id, "q": words or None}
    return render_template(
        "live/transcript.html",
        **room_frame(ctx),
        session=session,
        lines=page.items,
        words=words,
        whole=whole,
        is_cut=whole and page.next_cursor is not None,
        whole_url=url_for(".transcript", **here, whole=1),
        first_url=url_for(".transcript", **here) if cursor else None,
        next_url=url_for(".transcript", **here, after=page.next_cursor) if page.next_cursor and not whole else None,
    )


@bp.route(f"{SESSION}/summary", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"], key_func=person)
def summary(slug: str, session_id: int) -> str | Response | tuple[str, int]:
    """Write the summary of an ended session."""
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    require(can_lead(ctx, mentor_ids(session.id)))
    archive = access_archive(session)
    if request.method == "GET":
        form = SummaryForm(formdata=None, data={"body": archive.summary_md, "revision": str(archive.summary_revision)})
        return _editor(ctx, session_id, form)
    form = SummaryForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _editor(ctx, session_id, form)
    if not form.validate():
        return _editor(ctx, session_id, form), 422
    try:
        write_summary(
            ctx,
            session_id,
            body=form.body.data or "",
            revision=form.seen(),
            attested=form.attested_findings(),
            client_id=form.client_id.data or None,
        )
    except Invalid as error:
        form.add_errors(error)
        return _editor(ctx, session_id, form), error.status
    except AppError as error:
        # Saving once more is then a decision made with both texts in sight.
        form.revision.data = str(access_archive(access_session(ctx, session_id)).summary_revision)
        return _editor(ctx, session_id, form, problem=error), error.status
    flash("The summary is saved and stands on top of what was kept.", "success")
    return back_to(slug, session_id, anchor="summary")


def _editor(ctx: RoomContext, session_id: int, form: SummaryForm, *, problem: AppError | None = None) -> str:
    session = access_session(ctx, session_id)
    present = access_archive(session) if problem is not None else None
    return render_template(
        "live/summary.html", **room_frame(ctx), session=session, form=form, problem=problem, present=present
    )
