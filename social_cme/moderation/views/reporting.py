"""Reporting a thread or a post."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.moderation import policies
from social_cme.moderation.enums import FlagTarget
from social_cme.moderation.forms import FlagForm
from social_cme.moderation.queries import access_reportable, own_flag
from social_cme.moderation.services.flags import raise_flag
from social_cme.moderation.views import bp, page
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

THANKS = "Thank you. The room's mentors will look at it."
THANKS_HIDDEN = "Thank you. It is hidden now, until the room's mentors have looked at it."


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/flag", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per hour", methods=["POST"])
def flag_thread(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """Report a thread."""
    return _flag(read_room(require_actor(), slug), FlagTarget.THREAD, thread_id)


@bp.route("/rooms/<slug:slug>/posts/<id:post_id>/flag", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per hour", methods=["POST"])
def flag_post(slug: str, post_id: int) -> str | Response | tuple[str, int]:
    """Report an answer or comment."""
    return _flag(read_room(require_actor(), slug), FlagTarget.POST, post_id)


def _flag(ctx: RoomContext, target: FlagTarget, target_id: int) -> str | Response | tuple[str, int]:
    require(policies.can_flag(ctx))
    thread, post = access_reportable(ctx, target, target_id)
    form, status = FlagForm(), 200
    if form.validate_on_submit():
        try:
            raise_flag(
                ctx,
                target=target,
                target_id=target_id,
                reason=form.reason.data,
                note=form.note.data or "",
                client_id=form.client_id.data or None,
            )
        except (Invalid, Conflict) as error:
            form.add_errors(error)
            status = error.status
        else:
            hidden = (post or thread).hidden_at is not None
            flash(THANKS_HIDDEN if hidden else THANKS, "success")
            if thread.hidden_at is not None:
                return redirect(url_for("discussions.room_threads", slug=ctx.room.slug), code=303)
            return redirect(url_for("discussions.show_thread", slug=ctx.room.slug, thread_id=thread.id), code=303)
    elif form.is_submitted():
        status = 422
    known = own_flag(ctx, target=target, target_id=target_id)
    # Read again: a transaction that was refused has forgotten what was loaded before it.
    thread, post = access_reportable(ctx, target, target_id)
    return page("moderation/flag.html", ctx, form=form, thread=thread, post=post, known=known), status
