"""The moderators' list of what authors attested, by class and without the words."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.permissions import require
from social_cme.privacy.enums import CLASS_WORDS, OBJECT_WORDS, ObjectKind
from social_cme.privacy.models import IdentifierCheck
from social_cme.privacy.queries.checks import list_attested
from social_cme.privacy.services.reviewing import mark_reviewed
from social_cme.rooms.policies import RoomContext, can_manage_room, can_moderate
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

bp = Blueprint("privacy", __name__)


@bp.get("/rooms/<slug:slug>/moderation/identifiers")
@login_required
def attested(slug: str) -> str:
    """List what was published as attested and waits for a second look."""
    ctx = read_room(require_actor(), slug)
    require(can_moderate(ctx))
    page = list_attested(ctx, cursor=request.args.get("after"))
    return render_template(
        "privacy/attested.html",
        room=ctx.room,
        membership=ctx.membership if ctx.is_member else None,
        can_moderate=True,
        can_manage=bool(can_manage_room(ctx)),
        can_see_participation=ctx.is_mentor or ctx.is_coordinator or ctx.is_administrator,
        checks=page.items,
        addresses={check.id: _address(ctx, check) for check in page.items},
        class_words={str(key): words for key, words in CLASS_WORDS.items()},
        object_words={str(key): words for key, words in OBJECT_WORDS.items()},
        later=url_for(".attested", slug=slug, after=page.next_cursor) if page.next_cursor else None,
    )


@bp.post("/rooms/<slug:slug>/moderation/identifiers/<id:check_id>")
@login_required
def review(slug: str, check_id: int) -> Response:
    """Note that one was looked at."""
    mark_reviewed(read_room(require_actor(), slug), check_id=check_id)
    flash("Noted. The author's word and your look are both on record.", "success")
    return redirect(url_for(".attested", slug=slug), code=303)


def _address(ctx: RoomContext, check: IdentifierCheck) -> str | None:
    """Return where the text stands; what is said in a session has no address of its own here."""
    if check.object_id is None:
        return None
    if check.object_kind == ObjectKind.THREAD:
        return url_for("discussions.show_thread", slug=ctx.room.slug, thread_id=check.object_id)
    if check.object_kind == ObjectKind.POST:
        return url_for("discussions.show_post", slug=ctx.room.slug, post_id=check.object_id)
    if check.place_id is not None:
        return url_for("live.show", slug=ctx.room.slug, session_id=check.place_id)
    return None
