"""A whole thread on paper."""

from __future__ import annotations

from flask import current_app, url_for

from social_cme.core import clock
from social_cme.discussions.queries.printing import printed_thread
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import page
from social_cme.discussions.views.replies import outcomes_of, step_replies
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor


@bp.get("/rooms/<slug:slug>/threads/<id:thread_id>/print")
@limiter.limit("30 per minute")
def print_thread(slug: str, thread_id: int) -> str:
    """Show a thread as it is printed: all of it, sources numbered, without anything to press."""
    ctx = read_room(current_actor(), slug)
    printed = printed_thread(ctx, thread_id)
    return page(
        "discussions/print.html",
        ctx,
        printed=printed,
        thread=printed.opening.thread,
        steps=step_replies(ctx, printed.opening, None),
        outcomes=outcomes_of(ctx, printed.opening),
        address=current_app.extensions["settings"].site_url + url_for(".show_thread", slug=slug, thread_id=thread_id),
        printed_at=clock.now(),
    )
