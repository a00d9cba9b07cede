"""The files of pictures as every page shows them, and the consent records of a room for its moderators.

Rule: each request opens the room and asks whether the picture is seen now; nothing is remembered from the one before.
"""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_login import login_required
from werkzeug import Response as PlainResponse

from social_cme.core.errors import AppError, NotFound
from social_cme.core.permissions import require
from social_cme.media.enums import CONSENT_WORDS
from social_cme.media.forms import EraseForm
from social_cme.media.policies import can_list_records
from social_cme.media.queries.files import read_file
from social_cme.media.queries.images import access_image, list_records
from social_cme.media.services.erasing import erase_image as erase
from social_cme.rooms.policies import RoomContext, can_manage_room
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor

bp = Blueprint("media", __name__)

# A file opened by itself runs nothing and loads nothing; the browser's own page around it may style itself.
_FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@bp.get("/rooms/<slug:slug>/images/<key:image>/<int:size>")
def show_image(slug: str, image: str, size: int) -> Response:
    """Send a file of a picture, or the part of it that was asked for."""
    found = access_image(read_room(current_actor(), slug), image)
    response = send_file(
        BytesIO(read_file(found, size)),
        mimetype="image/webp",
        # The name that a saved copy gets: nothing that anybody typed.
        download_name=f"picture-{found.id}-{size}.webp",
        conditional=True,
        etag=f"{found.key[:16]}-{size}",
        max_age=0,
    )
    response.headers["Content-Disposition"] = f'inline; filename="picture-{found.id}-{size}.webp"'
    # Kept by the reader's browser alone, and only as long as this server says each time that they may still see it.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    return response


@bp.get("/rooms/<slug:slug>/moderation/pictures")
@login_required
def room_images(slug: str) -> str:
    """Show the pictures of a room with their consent records."""
    return _records(_moderator(slug))


@bp.post("/rooms/<slug:slug>/images/<key:image>/erase")
@login_required
def erase_image(slug: str, image: str) -> str | PlainResponse | tuple[str, int]:
    """Erase a picture for good, with the reason."""
    ctx = read_room(require_actor(), slug)
    form = EraseForm()
    try:
        erase(ctx, key=image, reason=form.reason.data or "")
    except NotFound:
        raise
    except AppError as error:
        require(can_list_records(ctx))
        return _records(ctx, refused=(image, error.fields.get("reason", [error.message])[0])), error.status
    flash("The picture is erased.", "success")
    if can_list_records(ctx):
        return redirect(url_for(".room_images", slug=slug), code=303)
    return redirect(url_for("discussions.room_threads", slug=slug), code=303)


def _moderator(slug: str) -> RoomContext:
    ctx = read_room(require_actor(), slug)
    require(can_list_records(ctx))
    return ctx


def _records(ctx: RoomContext, *, refused: tuple[str, str] | None = None) -> str:
    found = list_records(ctx, cursor=request.args.get("before"))
    slug = ctx.room.slug
    return render_template(
        "media/room_images.html",
        room=ctx.room,
        membership=ctx.membership if ctx.is_member else None,
        can_moderate=True,
        can_manage=bool(can_manage_room(ctx)),
        can_see_participation=ctx.is_mentor or ctx.is_coordinator or ctx.is_administrator,
        images=found.items,
        consent_words={str(key): words for key, words in CONSENT_WORDS.items()},
        refused=refused,
        older=url_for(".room_images", slug=slug, before=found.next_cursor) if found.next_cursor else None,
        newest=url_for(".room_images", slug=slug) if request.args.get("before") else None,
    )
