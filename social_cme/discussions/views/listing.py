"""The threads of a room."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug import Response

from social_cme.discussions.enums import ThreadFilter
from social_cme.discussions.policies import can_post_thread
from social_cme.discussions.queries.tags import TagName, find_tag
from social_cme.discussions.queries.threads import list_threads, thread_lines
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import page
from social_cme.rooms.policies import can_read
from social_cme.rooms.queries import open_room
from social_cme.rooms.queries.members import list_guides
from social_cme.web.actor import current_actor

PAGE = 25
_WORDS = {
    ThreadFilter.ALL: "All",
    ThreadFilter.UNREAD: "Unread",
    ThreadFilter.UNANSWERED: "Unanswered",
    ThreadFilter.CASE: "Cases",
    ThreadFilter.QUESTION: "Questions",
    ThreadFilter.DISCUSSION: "Discussions",
    ThreadFilter.CLOSED: "Closed",
}


def _address(slug: str, which: ThreadFilter, tag: TagName | None) -> str:
    show = None if which == ThreadFilter.ALL else which.value
    return url_for(".room_threads", slug=slug, show=show, tag=tag.key if tag is not None else None)


@bp.get("/rooms/<slug:slug>")
def room_threads(slug: str) -> str | Response:
    """Show the threads of a room; somebody who has yet to join is led to the room's door."""
    ctx = open_room(current_actor(), slug)
    if not can_read(ctx):
        return redirect(url_for("rooms.about", slug=slug), code=303)
    shown = request.args.get("show", "")
    which = ThreadFilter(shown) if shown in set(ThreadFilter) else ThreadFilter.ALL
    cursor = request.args.get("cursor")
    key = request.args.get("tag", "")[:60]
    tag = find_tag(key) if key else None
    found = list_threads(ctx, which=which, tag=tag.key if tag is not None else "", cursor=cursor, limit=PAGE)
    filters = [one for one in ThreadFilter if one != ThreadFilter.UNREAD or ctx.actor is not None]
    return page(
        "discussions/room_threads.html",
        ctx,
        lines=thread_lines(ctx, found.items),
        next_cursor=found.next_cursor,
        which=which,
        tag=tag,
        is_first=not cursor,
        chips_items=[
            {
                "key": one.value,
                "text": _WORDS[one],
                "href": _address(slug, one, tag),
            }
            for one in filters
        ],
        may_post=can_post_thread(ctx),
        mentors=[one.user for one in list_guides(ctx) if one.role == "mentor"],
    )
