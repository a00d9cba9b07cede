"""What who leads presses in front of the audience: slides, the projector, the floor, the video, and who types captions."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, send_file, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from social_cme.core.ids import MAX_ID, new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live.forms import CaptionerForm, DescribeForm, SlidesForm, VideoForm
from social_cme.live.policies import can_lead
from social_cme.live.queries.board import load_board
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.queries.slides import list_pages, read_picture
from social_cme.live.services import hands as hand_service
from social_cme.live.services import slides as slide_service
from social_cme.live.services import stage as stage_service
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, Page, back_to
from social_cme.live.views.pages import room_frame
from social_cme.media.storage import settings
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.rooms.queries.members import list_members
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.forms import choices_of
from social_cme.web.uploads import takes, uploaded_bytes

LIMIT = "120 per minute"
MOST_MEMBERS = 100
# A file opened by itself runs nothing and loads nothing; the browser's own page around it may style itself.
_FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@bp.get(f"{SESSION}/stage")
@login_required
def stage(slug: str, session_id: int) -> str:
    """Show what can be prepared: slides with their descriptions, video, captioner, projector, links for observers."""
    return _stage_page(read_room(require_actor(), slug), session_id)


@bp.post(f"{SESSION}/slides")
@takes("slides")
@login_required
@limiter.limit("30 per hour", key_func=person)
def upload_slides(slug: str, session_id: int) -> Page:
    """Bring a PDF of slides."""
    ctx = read_room(require_actor(), slug)
    form = SlidesForm()
    data = uploaded_bytes(request.files.get("file"), most=settings().max_slides_kilobytes * 1024)
    try:
        slide_service.upload_deck(
            ctx,
            session_id,
            data=data,
            attested=bool(form.slides_attested.data),
            client_id=form.client_id.data or None,
        )
    except (NotFound, Forbidden):
        raise
    except AppError as error:
        form.slides_attested.errors = list(error.fields.get("attested", []))
        form.file.errors = list(error.fields.get("file", [] if error.fields else [error.message]))
        return _stage_page(read_room(require_actor(), slug), session_id, slides_form=form), error.status
    flash("The slides are here. Their pages are being made into pictures; this page says how far that is.", "success")
    return _to_stage(slug, session_id)


@bp.post(f"{SESSION}/slides/show")
@login_required
@limiter.limit("240 per minute", key_func=person)
def show_slide(slug: str, session_id: int) -> Response:
    """Move the slides for everybody."""
    ctx = read_room(require_actor(), slug)
    _try(lambda: slide_service.show_page(ctx, session_id, page=_number("page")))
    return back_to(slug, session_id, anchor="slides")


@bp.post(f"{SESSION}/slides/describe")
@login_required
@limiter.limit(LIMIT, key_func=person)
def describe_slide(slug: str, session_id: int) -> Page:
    """Say what stands on a page."""
    ctx = read_room(require_actor(), slug)
    form = DescribeForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _stage_page(ctx, session_id, describe_form=form)
    try:
        if form.validate():
            slide_service.describe_page(
                ctx,
                session_id,
                page=form.page.data,
                alt=form.alt.data or "",
                attested=form.attested_findings(),
                client_id=form.client_id.data or None,
            )
            return _to_stage(slug, session_id, anchor=f"slide-{form.page.data}")
    except Invalid as error:
        form.add_errors(error)
    return _stage_page(read_room(require_actor(), slug), session_id, describe_form=form), 422


@bp.post(f"{SESSION}/slides/remove")
@login_required
@limiter.limit(LIMIT, key_func=person)
def remove_slides(slug: str, session_id: int) -> Response:
    """Take the slides away for good."""
    ctx = read_room(require_actor(), slug)
    if _try(lambda: slide_service.remove_decks(ctx, session_id)):
        flash("The slides are removed.", "success")
    return _to_stage(slug, session_id)


@bp.get(f"{SESSION}/slides/<key:deck>/<int:page>/<int:size>")
def slide_picture(slug: str, session_id: int, deck: str, page: int, size: int) -> FileResponse:
    """Send the picture of a page, or the part of it that was asked for."""
    ctx = read_room(current_actor(), slug)
    leads = bool(can_lead(ctx, mentor_ids(session_id)))
    name = f"slide-{page}-{size}.webp"
    response = send_file(
        BytesIO(read_picture(ctx, session_id, deck, page, size, leads=leads)),
        mimetype="image/webp",
        download_name=name,
        conditional=True,
        etag=f"{deck[:16]}-{page}-{size}",
        max_age=0,
    )
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    # Kept by the reader's browser alone, and only as long as this server says each time that they may still see it.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    return response


@bp.post(f"{SESSION}/projector")
@login_required
@limiter.limit(LIMIT, key_func=person)
def show_projector(slug: str, session_id: int) -> Response:
    """Choose what the projector of the hall shows."""
    ctx = read_room(require_actor(), slug)
    _try(lambda: stage_service.show_on_projector(ctx, session_id, view=request.form.get("view", "")))
    return _to_stage(slug, session_id)


@bp.post(f"{SESSION}/hands")
@login_required
@limiter.limit(LIMIT, key_func=person)
def hands(slug: str, session_id: int) -> Response:
    """Give somebody the floor, call the next, or take a hand down."""
    ctx = read_room(require_actor(), slug)
    actions: dict[str, Callable[[], object]] = {
        "give": lambda: hand_service.give_floor(ctx, session_id, _number("hand_id"), minutes=_number("minutes")),
        "next": lambda: hand_service.next_speaker(ctx, session_id, minutes=_number("minutes")),
        "lower": lambda: hand_service.lower_hand(ctx, session_id, _number("hand_id")),
    }
    act = actions.get(request.form.get("do", ""))
    if act is None:
        raise Invalid("This page sent something that is not known here. Reload it and try again.")
    _try(act)
    return back_to(slug, session_id, anchor="hands")


@bp.post(f"{SESSION}/video")
@login_required
@limiter.limit(LIMIT, key_func=person)
def set_video(slug: str, session_id: int) -> Page:
    """Set the address of the video call, or take it away."""
    ctx = read_room(require_actor(), slug)
    form = VideoForm()
    try:
        if form.validate():
            stage_service.set_video(ctx, session_id, url=form.video_url.data or "")
            flash("Saved. Participants find the video on the session's page.", "success")
            return _to_stage(slug, session_id, anchor="video")
    except Invalid as error:
        form.add_errors(error)
    return _stage_page(read_room(require_actor(), slug), session_id, video_form=form), 422


@bp.post(f"{SESSION}/captioner")
@login_required
@limiter.limit(LIMIT, key_func=person)
def name_captioner(slug: str, session_id: int) -> Response:
    """Ask a member to type captions, or nobody any more."""
    ctx = read_room(require_actor(), slug)
    wanted = _number("captioner_id")
    if _try(lambda: stage_service.name_captioner(ctx, session_id, user_id=wanted or None)):
        flash("Saved. Whoever types captions finds the line on the session's page.", "success")
    return _to_stage(slug, session_id, anchor="captions")


def _try(act: Callable[[], object]) -> bool:
    """Carry an act out; say why it was refused, on the page that follows."""
    try:
        act()
    except (Conflict, Forbidden, Invalid) as error:
        flash(next(iter(error.fields.values()), [error.message])[0], "error")
        return False
    return True


def _number(name: str) -> int:
    value = request.form.get(name, "")
    plain = value.isascii() and value.isdigit() and len(value) < 19
    return min(int(value), MAX_ID) if plain else 0


def _to_stage(slug: str, session_id: int, *, anchor: str | None = None) -> Response:
    return redirect(url_for("live.stage", slug=slug, session_id=session_id, _anchor=anchor), code=303)


def _stage_page(
    ctx: RoomContext,
    session_id: int,
    *,
    slides_form: SlidesForm | None = None,
    describe_form: DescribeForm | None = None,
    video_form: VideoForm | None = None,
) -> str:
    session = access_session(ctx, session_id)
    require(can_lead(ctx, mentor_ids(session.id)))
    board = load_board(ctx, session)
    deck = board.stage.slides.deck
    captioner = CaptionerForm(formdata=None)
    now = board.stage.captioner
    found = list_members(ctx, words=request.args.get("name", ""), limit=MOST_MEMBERS).items
    people = {one.user.id: one.user.display_name for one in found}
    people |= {now.id: now.display_name} if now is not None else {}
    captioner.captioner_id.choices = choices_of([("0", "Nobody"), *((str(key), name) for key, name in people.items())])
    captioner.captioner_id.data = now.id if now is not None else 0
    return render_template(
        "live/stage.html",
        **room_frame(ctx),
        session=session,
        board=board,
        leads=True,
        pages=list_pages(deck.id if deck is not None else None),
        slides_form=slides_form or SlidesForm(formdata=None),
        describe_form=describe_form,
        video_form=video_form or VideoForm(formdata=None, video_url=board.stage.video_url),
        captioner_form=captioner,
        request_name=new_token()[:32],
    )
