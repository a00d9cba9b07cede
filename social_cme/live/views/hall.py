"""The screen of a lecture hall: what is going on in large type, and how to join."""

from __future__ import annotations

from io import BytesIO

import segno
from flask import Response, redirect, render_template, request, send_file, url_for
from werkzeug import Response as PlainResponse

from social_cme.core.errors import AppError, NotFound
from social_cme.extensions import current_settings
from social_cme.live.enums import SessionState
from social_cme.live.policies import can_lead
from social_cme.live.queries.board import load_board
from social_cme.live.queries.sessions import access_session, enter_session
from social_cme.live.queries.slides import find_page
from social_cme.live.views import bp
from social_cme.live.views.acting import SESSION
from social_cme.live.views.arrange import columns
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor


@bp.get(f"{SESSION}/projector")
def projector(slug: str, session_id: int) -> str:
    """Show the current question, the slides, the poll or how to join, for a whole lecture hall."""
    ctx = read_room(current_actor(), slug)
    session = access_session(ctx, session_id)
    if session.state != SessionState.LIVE:
        raise NotFound
    board = load_board(ctx, session)
    slides = board.stage.slides
    return render_template(
        "live/projector.html",
        room=ctx.room,
        session=session,
        board=board,
        columns=columns(board.questions),
        leads=bool(can_lead(ctx, {mentor.id for mentor in board.mentors})),
        slide=find_page(slides.deck.id, slides.page) if slides.deck is not None else None,
        short_address=_short_address(session.id).partition("://")[2],
    )


@bp.get(f"{SESSION}/join.svg")
def join_code(slug: str, session_id: int) -> Response:
    """Draw the short address of a session as a QR code."""
    session = access_session(read_room(current_actor(), slug), session_id)
    out = BytesIO()
    # Dark on white with its quiet zone whatever the theme of the page: cameras read that.
    code = segno.make(_short_address(session.id), error="m", micro=False)
    code.save(
        out, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, svgclass=None, lineclass=None
    )
    out.seek(0)
    response = send_file(out, mimetype="image/svg+xml", download_name=f"session-{session.id}.svg", max_age=0)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response


@bp.get("/live/<id:session_id>")
def short(session_id: int) -> PlainResponse:
    """Lead from the short address of a session to its page; a stranger logs in first where only members may read."""
    actor = current_actor()
    try:
        ctx = enter_session(actor, session_id)
    except AppError:
        if actor is not None:
            raise
        return redirect(url_for("accounts.login", next=request.path))
    return redirect(url_for("live.show", slug=ctx.room.slug, session_id=session_id))


def _short_address(session_id: int) -> str:
    return current_settings().site_url + url_for("live.short", session_id=session_id)
