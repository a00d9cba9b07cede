"""Pinning, locking, hiding and moving; a measure that needs a reason has a small page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.moderation import queries
from social_cme.moderation.enums import FlagTarget
from social_cme.moderation.forms import MoveForm, ReasonForm
from social_cme.moderation.services import measures
from social_cme.moderation.views import bp, page
from social_cme.rooms.policies import RoomContext, can_moderate
from social_cme.rooms.queries import open_room, read_room
from social_cme.web.actor import require_actor
from social_cme.web.forms import choices_of

THREAD = "/rooms/<slug:slug>/threads/<id:thread_id>"
POST = "/rooms/<slug:slug>/posts/<id:post_id>"
Page = str | Response | tuple[str, int]


@bp.post(f"{THREAD}/pin")
@login_required
def pin(slug: str, thread_id: int) -> Response:
    """Keep a thread at the top of the room."""
    measures.pin(moderator(slug), thread_id=thread_id)
    return to_thread(slug, thread_id, "The thread stays at the top of the room.")


@bp.post(f"{THREAD}/unpin")
@login_required
def unpin(slug: str, thread_id: int) -> Response:
    """Let a thread sink again."""
    measures.pin(moderator(slug), thread_id=thread_id, pinned=False)
    return to_thread(slug, thread_id, "The thread takes its ordinary place again.")


@bp.route(f"{THREAD}/lock", methods=["GET", "POST"])
@login_required
def lock(slug: str, thread_id: int) -> Page:
    """Take no more answers in a thread."""
    ctx = moderator(slug)
    return _with_reason(
        ctx,
        target=FlagTarget.THREAD,
        target_id=thread_id,
        heading="Lock this thread",
        says="Nobody can answer, comment or edit any more. Everybody reads your reason.",
        button="Lock thread",
        act=lambda reason: measures.lock(ctx, thread_id=thread_id, reason=reason),
        done="The thread is locked.",
    )


@bp.post(f"{THREAD}/unlock")
@login_required
def unlock(slug: str, thread_id: int) -> Response:
    """Take answers again."""
    measures.unlock(moderator(slug), thread_id=thread_id)
    return to_thread(slug, thread_id, "The thread takes answers again.")


@bp.route(f"{THREAD}/hide", methods=["GET", "POST"])
@login_required
def hide_thread(slug: str, thread_id: int) -> Page:
    """Put a thread out of sight."""
    ctx = moderator(slug)
    return _with_reason(
        ctx,
        target=FlagTarget.THREAD,
        target_id=thread_id,
        heading="Hide this thread",
        says="Only its author and the moderators will still see it. The author reads your reason.",
        button="Hide thread",
        act=lambda reason: measures.hide(ctx, target=FlagTarget.THREAD, target_id=thread_id, reason=reason),
        done="The thread is hidden.",
    )


@bp.route(f"{POST}/hide", methods=["GET", "POST"])
@login_required
def hide_post(slug: str, post_id: int) -> Page:
    """Replace a post by a note."""
    ctx = moderator(slug)
    return _with_reason(
        ctx,
        target=FlagTarget.POST,
        target_id=post_id,
        heading="Hide this post",
        says="A note with your reason takes its place. Only its author and the moderators still see the words.",
        button="Hide post",
        act=lambda reason: measures.hide(ctx, target=FlagTarget.POST, target_id=post_id, reason=reason),
        done="The post is hidden.",
    )


@bp.post(f"{THREAD}/unhide")
@login_required
def unhide_thread(slug: str, thread_id: int) -> Response:
    """Bring a thread back."""
    measures.unhide(moderator(slug), target=FlagTarget.THREAD, target_id=thread_id)
    return to_thread(slug, thread_id, "The thread is in sight again.")


@bp.post(f"{POST}/unhide")
@login_required
def unhide_post(slug: str, post_id: int) -> Response:
    """Bring a post back."""
    found = measures.unhide(moderator(slug), target=FlagTarget.POST, target_id=post_id)
    return to_thread(slug, found.thread.id, "The post is in sight again.", post_id=post_id)


@bp.route(f"{THREAD}/move", methods=["GET", "POST"])
@login_required
def move(slug: str, thread_id: int) -> Page:
    """Take a thread to another room."""
    ctx = moderator(slug)
    rooms = queries.list_destinations(ctx)
    form, status = MoveForm(), 200
    form.room.choices = choices_of([("", "Choose a room"), *((room.slug, room.name) for room in rooms)])
    if form.validate_on_submit():
        try:
            to = open_room(require_actor(), form.room.data)
            measures.move(ctx, thread_id=thread_id, to=to, reason=form.reason.data or "")
        except (Invalid, Conflict) as error:
            form.add_errors(error)
            status = error.status
        else:
            return to_thread(form.room.data, thread_id, "The thread and its followers are in this room now.")
    elif form.is_submitted():
        status = 422
    thread, _ = queries.access_reportable(ctx, FlagTarget.THREAD, thread_id)
    return page("moderation/move.html", ctx, form=form, thread=thread, rooms=rooms), status


def moderator(slug: str) -> RoomContext:
    """Open a room as somebody who moderates it."""
    ctx = read_room(require_actor(), slug)
    require(can_moderate(ctx))
    return ctx


def _with_reason(
    ctx: RoomContext, *, target: FlagTarget, target_id: int, act: Callable[[str], object], done: str, **words: Any
) -> Page:
    form, status = ReasonForm(), 200
    if form.validate_on_submit():
        try:
            act(form.reason.data)
        except (Invalid, Conflict) as error:
            form.add_errors(error)
            status = error.status
        else:
            thread, post = queries.access_reportable(ctx, target, target_id)
            return to_thread(ctx.room.slug, thread.id, done, post_id=post.id if post is not None else None)
    elif form.is_submitted():
        status = 422
    thread, post = queries.access_reportable(ctx, target, target_id)
    return page("moderation/measure.html", ctx, form=form, thread=thread, post=post, **words), status


def to_thread(slug: str, thread_id: int, message: str, *, post_id: int | None = None) -> Response:
    """Lead back to a thread, or to a post in it, and say what was done."""
    flash(message, "success")
    place: dict[str, Any] = {"post": post_id, "_anchor": f"post-{post_id}"} if post_id is not None else {}
    return redirect(url_for("discussions.show_thread", slug=slug, thread_id=thread_id, **place), code=303)
