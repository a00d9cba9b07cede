"""Bookmarks: the button on a post, when to be reminded, and the list."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import BadRequest, Invalid, NotFound
from social_cme.discussions.policies import can_see_text
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.extensions import limiter
from social_cme.keeping import queries
from social_cme.keeping.enums import Kept, Reminder
from social_cme.keeping.forms import ReminderForm
from social_cme.keeping.services import bookmarks as services
from social_cme.keeping.views import bp
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.redirects import safe_next
from social_cme.web.templating import local_datetime


@bp.get("/bookmarks")
@login_required
def my_bookmarks() -> str:
    """List one's bookmarks with the way back to each."""
    actor = require_actor()
    only_due = request.args.get("show") == "due"
    page = queries.list_bookmarks(actor, due=only_due, cursor=request.args.get("cursor"), limit=25)
    return render_template(
        "keeping/bookmarks.html", page=page, only_due=only_due, due_count=queries.count_due(actor.id)
    )


@bp.post("/bookmarks/<id:bookmark_id>/remove")
@login_required
def remove_bookmark(bookmark_id: int) -> Response:
    """Remove a bookmark from the list."""
    services.drop_bookmark(require_actor(), bookmark_id=bookmark_id)
    flash("The bookmark is removed.", "success")
    show = "due" if request.form.get("show") == "due" else None
    return redirect(url_for(".my_bookmarks", show=show), code=303)


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/bookmark")
@login_required
@limiter.limit("120 per minute")
def bookmark_thread(slug: str, thread_id: int) -> Response:
    """Bookmark the opening of a thread, or no longer."""
    return _toggle(
        slug, Kept.THREAD, thread_id, "opening", url_for("discussions.show_thread", slug=slug, thread_id=thread_id)
    )


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/bookmark")
@login_required
@limiter.limit("120 per minute")
def bookmark_post(slug: str, post_id: int) -> Response:
    """Bookmark an answer or comment, or no longer."""
    return _toggle(
        slug, Kept.POST, post_id, f"post-{post_id}", url_for("discussions.show_post", slug=slug, post_id=post_id)
    )


def _toggle(slug: str, target: Kept, target_id: int, anchor: str, default: str) -> Response:
    ctx = read_room(require_actor(), slug)
    told = request.form.get("value", "")
    if told not in {"0", "1"}:
        raise BadRequest("This button sent something else than was expected. Nothing was changed; reload the page.")
    if told == "1":
        services.keep_bookmark(ctx, target=target, target_id=target_id)
    else:
        services.remove_bookmark(ctx, target=target, target_id=target_id)
    back = safe_next(request.form.get("back"), default=default)
    return redirect(f"{back.partition('#')[0]}#{anchor}", code=303)


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/reminder", methods=["GET", "POST"])
@login_required
@limiter.limit("60 per minute", methods=["POST"])
def remind_of_thread(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """Say when to be reminded of a thread."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    place = url_for("discussions.show_thread", slug=slug, thread_id=thread_id)
    return _reminder(ctx, Kept.THREAD, thread_id, thread.title, place)


@bp.route("/rooms/<slug:slug>/posts/<id:post_id>/reminder", methods=["GET", "POST"])
@login_required
@limiter.limit("60 per minute", methods=["POST"])
def remind_of_post(slug: str, post_id: int) -> str | Response | tuple[str, int]:
    """Say when to be reminded of an answer or comment."""
    ctx = read_room(require_actor(), slug)
    thread, post = access_post(ctx, post_id)
    if not can_see_text(ctx, post):
        raise NotFound
    place = url_for("discussions.show_post", slug=slug, post_id=post_id)
    return _reminder(ctx, Kept.POST, post_id, thread.title, place)


def _reminder(
    ctx: RoomContext, target: Kept, target_id: int, title: str, place: str
) -> str | Response | tuple[str, int]:
    bookmark = queries.find_bookmark(ctx.user.id, target, target_id)
    form = ReminderForm(data={"choice": Reminder.TOMORROW.value}) if request.method == "GET" else ReminderForm()
    values = {"room": ctx.room, "form": form, "bookmark": bookmark, "title": title, "place": place}
    if request.method == "GET":
        return render_template("keeping/reminder.html", **values)
    if not form.validate():
        return render_template("keeping/reminder.html", **values), 422
    try:
        kept = services.set_reminder(ctx, target=target, target_id=target_id, choice=form.choice.data, at=form.moment())
    except Invalid as error:
        form.add_errors(error)
        return render_template("keeping/reminder.html", **values), error.status
    if kept.remind_at is None:
        flash("Bookmarked, without a reminder.", "success")
    else:
        flash(f"Bookmarked. You will be reminded on {local_datetime(kept.remind_at)}.", "success")
    return redirect(place, code=303)
