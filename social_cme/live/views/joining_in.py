"""What members press besides questions and chat: raise a hand, type captions, share an address."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, render_template, request
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound, RateLimited
from social_cme.extensions import limiter
from social_cme.live.forms import CaptionForm, LinkForm
from social_cme.live.queries.sessions import access_session
from social_cme.live.services import captions, hands, links
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, Page, back_to
from social_cme.live.views.pages import room_frame
from social_cme.privacy.forms import CheckedForm
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.post(f"{SESSION}/hand")
@login_required
@limiter.limit("60 per minute", key_func=person)
def hand(slug: str, session_id: int) -> Response:
    """Raise one's hand, or take it down."""
    ctx = read_room(require_actor(), slug)
    act = hands.raise_hand if request.form.get("up", "1") == "1" else hands.lower_hand
    try:
        act(ctx, session_id)
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    return back_to(slug, session_id, anchor="hands")


@bp.post(f"{SESSION}/captions")
@login_required
@limiter.limit("150 per minute", key_func=person)
def caption(slug: str, session_id: int) -> Page:
    """Type a line of captions."""
    ctx = read_room(require_actor(), slug)
    form = CaptionForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _form_page(ctx, session_id, form, "caption")
    try:
        if form.validate():
            captions.post_caption(ctx, session_id, body=form.body.data, client_id=form.client_id.data or None)
            return back_to(slug, session_id, anchor="captions")
    except (Invalid, RateLimited) as error:
        form.add_errors(error)
        return _form_page(read_room(require_actor(), slug), session_id, form, "caption"), error.status
    return _form_page(read_room(require_actor(), slug), session_id, form, "caption"), 422


@bp.post(f"{SESSION}/captions/<id:caption_id>/hide")
@login_required
@limiter.limit("120 per minute", key_func=person)
def hide_caption(slug: str, session_id: int, caption_id: int) -> Response:
    """Take a line of captions back."""
    _try(lambda: captions.hide_caption(read_room(require_actor(), slug), session_id, caption_id))
    return back_to(slug, session_id, anchor="captions")


@bp.post(f"{SESSION}/links")
@login_required
@limiter.limit("30 per minute", key_func=person)
def share_link(slug: str, session_id: int) -> Page:
    """Share an address with a title."""
    ctx = read_room(require_actor(), slug)
    form = LinkForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _form_page(ctx, session_id, form, "link")
    try:
        if form.validate():
            links.share_link(
                ctx,
                session_id,
                title=form.title.data,
                url=form.url.data,
                attested=form.attested_findings(),
                client_id=form.client_id.data or None,
            )
            return back_to(slug, session_id, anchor="links")
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _form_page(read_room(require_actor(), slug), session_id, form, "link"), error.status
    return _form_page(read_room(require_actor(), slug), session_id, form, "link"), 422


@bp.post(f"{SESSION}/links/<id:link_id>/remove")
@login_required
@limiter.limit("120 per minute", key_func=person)
def remove_link(slug: str, session_id: int, link_id: int) -> Response:
    """Take an address off the list."""
    _try(lambda: links.remove_link(read_room(require_actor(), slug), session_id, link_id))
    return back_to(slug, session_id, anchor="links")


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except NotFound:
        raise
    except AppError as error:
        flash(error.message, "error")


def _form_page(ctx: RoomContext, session_id: int, form: CheckedForm, kind: str) -> str:
    """Show a form that was refused on a page of its own; it still holds what was typed."""
    session = access_session(ctx, session_id)
    return render_template("live/again.html", **room_frame(ctx), session=session, form=form, kind=kind)
