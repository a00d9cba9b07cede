"""Private notes: the form beside a thread, the list, and a copy to take away."""

from __future__ import annotations

import json

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core import clock
from social_cme.core.errors import AppError, Invalid
from social_cme.discussions.queries.threads import access_thread
from social_cme.extensions import limiter
from social_cme.keeping import queries
from social_cme.keeping.forms import NoteForm
from social_cme.keeping.services import notes as services
from social_cme.keeping.views import bp
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.get("/notes")
@login_required
def my_notes() -> str:
    """List one's private notes."""
    page = queries.list_notes(require_actor(), cursor=request.args.get("cursor"), limit=25)
    return render_template("keeping/notes.html", page=page)


@bp.get("/notes/download")
@login_required
@limiter.limit("10 per minute")
def download_notes() -> Response:
    """Give all one's private notes as a file."""
    notes = [
        {
            "thread": line.place.title if line.place else None,
            "room": line.place.room_name if line.place else None,
            "saved_at": clock.iso(line.note.saved_at),
            "text": line.note.body_md,
        }
        for batch in queries.all_notes(require_actor())
        for line in batch
    ]
    answer = Response(json.dumps(notes, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="notes.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/notes/<id:note_id>/remove")
@login_required
def remove_note(note_id: int) -> Response:
    """Throw a note away."""
    services.remove_note(require_actor(), note_id=note_id)
    flash("The note is removed.", "success")
    return redirect(url_for(".my_notes"), code=303)


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/note", methods=["GET", "POST"])
@login_required
@limiter.limit("60 per minute", methods=["POST"])
def edit_note(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """Write one's private note on a thread."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    note = queries.find_note(ctx.user.id, thread_id)
    present = {"body": note.body_md if note else "", "draft_revision": str(note.revision if note else 0)}
    form = NoteForm(formdata=None, data=present) if request.method == "GET" else NoteForm()
    values = {"room": ctx.room, "thread": thread, "form": form, "note": note, "problem": None}
    if request.method == "GET":
        return render_template("keeping/note.html", **values)
    if not form.validate():
        return render_template("keeping/note.html", **values), 422
    try:
        services.save_note(ctx, thread_id=thread_id, body=form.body.data or "", revision=form.seen())
    except Invalid as error:
        form.add_errors(error)
        return render_template("keeping/note.html", **values), error.status
    except AppError as error:
        # Saving once more is then a decision made with both texts in sight.
        form.draft_revision.data = present["draft_revision"]
        return render_template("keeping/note.html", **{**values, "problem": error}), error.status
    flash("Your note is kept. Nobody else can read it.", "success")
    return redirect(url_for("discussions.show_thread", slug=slug, thread_id=thread_id, _anchor="my-note"), code=303)
