"""The queue of reports, decisions about them, and the log."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.moderation import policies, queries
from social_cme.moderation.enums import Resolution
from social_cme.moderation.forms import DecisionForm
from social_cme.moderation.queries.unmasking import list_open_requests
from social_cme.moderation.services.flags import resolve_flag
from social_cme.moderation.views import bp, page
from social_cme.privacy.queries.checks import count_attested
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

_DONE = {
    Resolution.KEEP: "Kept. Its author is told nothing was wrong with it.",
    Resolution.HIDE: "Hidden. Its author reads your reason.",
    Resolution.EDIT: "The author is asked to edit it.",
}


@bp.get("/moderation")
@login_required
def overview() -> str:
    """Show the rooms that the reader moderates, with what waits in each."""
    return render_template("moderation/overview.html", queues=queries.list_my_queues(require_actor()))


@bp.get("/rooms/<slug:slug>/moderation")
@login_required
def queue(slug: str) -> str:
    """Show what members reported, with the words in question."""
    return _queue(_moderator(slug))


@bp.post("/rooms/<slug:slug>/moderation/flags/<id:flag_id>")
@login_required
def decide(slug: str, flag_id: int) -> str | Response | tuple[str, int]:
    """Decide about a report."""
    ctx = _moderator(slug)
    form = DecisionForm()
    if not form.validate():
        return _queue(ctx, refused=form, refused_id=flag_id), 422
    try:
        flag = resolve_flag(ctx, flag_id=flag_id, resolution=form.resolution.data, note=form.note.data or "")
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _queue(_moderator(slug), refused=form, refused_id=flag_id), error.status
    flash(_DONE[Resolution(flag.resolution)], "success")
    return redirect(url_for("moderation.queue", slug=slug), code=303)


@bp.get("/rooms/<slug:slug>/moderation/log")
@login_required
def log(slug: str) -> str:
    """Show who did what, when and why."""
    ctx = read_room(require_actor(), slug)
    require(policies.can_see_log(ctx))
    entries = queries.list_log(ctx, cursor=request.args.get("before"))
    return page(
        "moderation/log.html",
        ctx,
        entries=entries.items,
        titles=queries.titles_of(entries.items),
        older=url_for("moderation.log", slug=slug, before=entries.next_cursor) if entries.next_cursor else None,
        newest=url_for("moderation.log", slug=slug) if request.args.get("before") else None,
        shows_queue=bool(policies.can_see_queue(ctx)),
    )


def _moderator(slug: str) -> RoomContext:
    ctx = read_room(require_actor(), slug)
    require(policies.can_see_queue(ctx))
    return ctx


def _queue(ctx: RoomContext, *, refused: DecisionForm | None = None, refused_id: int | None = None) -> str:
    waiting = queries.list_queue(ctx, cursor=request.args.get("after"))
    latest = queries.list_log(ctx, limit=5)
    return page(
        "moderation/queue.html",
        ctx,
        reports=waiting.items,
        decidable={one.flag_id for one in waiting.items if policies.can_decide(ctx, author_id=one.row.author_id)},
        refused=refused,
        refused_id=refused_id,
        latest=latest.items,
        attested_count=count_attested(ctx.room_id),
        titles=queries.titles_of(latest.items),
        later=url_for("moderation.queue", slug=ctx.room.slug, after=waiting.next_cursor)
        if waiting.next_cursor
        else None,
        first=url_for("moderation.queue", slug=ctx.room.slug) if request.args.get("after") else None,
        seq=queries.last_seen(ctx),
        unmaskings=list_open_requests(ctx),
    )
