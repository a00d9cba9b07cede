"""Reading a session by a secret link, and making such links.

Rule: what a link shows is what every reader of the room sees, without names of private things; it is kept by nobody on the way.
"""

from __future__ import annotations

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from flask_login import login_required
from werkzeug import Response

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.ids import new_token
from social_cme.core.permissions import refuse, require
from social_cme.extensions import current_settings, limiter
from social_cme.live.enums import SessionState
from social_cme.live.forms import ObserverForm
from social_cme.live.policies import can_lead
from social_cme.live.queries.board import load_board
from social_cme.live.queries.observers import attendance_totals, list_observers, list_openings
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.queries.stage import list_captions
from social_cme.live.services import observers as observer_service
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, Page
from social_cme.live.views.arrange import columns
from social_cme.live.views.pages import room_frame
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

CHAT = 200
REFRESH_SECONDS = 15


@bp.route(f"{SESSION}/observers", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per hour", methods=["POST"], key_func=person)
def observers(slug: str, session_id: int) -> Page:
    """List the links for auditors of a session, and make one."""
    ctx = read_room(require_actor(), slug)
    form = ObserverForm(**({} if request.method == "POST" else {"client_id": new_token()[:32]}))
    if not form.is_submitted():
        return _manage_page(ctx, session_id, form)
    try:
        if form.validate():
            _link, secret = observer_service.make_observer(
                ctx,
                session_id,
                label=form.label.data,
                days=form.days.data,
                client_id=form.client_id.data or None,
            )
            address = current_settings().site_url + url_for("live.observe", token=secret)
            fresh = ObserverForm(formdata=None, client_id=new_token()[:32])
            return _manage_page(read_room(require_actor(), slug), session_id, fresh, made=address)
    except (Invalid, Conflict) as error:
        form.add_errors(error)
    return _manage_page(read_room(require_actor(), slug), session_id, form), 422


@bp.post(f"{SESSION}/observers/<id:observer_id>/revoke")
@login_required
@limiter.limit("60 per minute", key_func=person)
def revoke_observer(slug: str, session_id: int, observer_id: int) -> Response:
    """Let a link lead nowhere from now on."""
    observer_service.revoke_observer(read_room(require_actor(), slug), session_id, observer_id)
    flash("The link is revoked. Whoever has it open sees nothing new from now on.", "success")
    return redirect(url_for("live.observers", slug=slug, session_id=session_id), code=303)


@bp.get("/observe/<key:token>")
@limiter.limit("120 per minute", key_func=get_remote_address)
def observe(token: str) -> Response:
    """Show a session to whoever has the link: to read, and nothing else."""
    ctx, session = observer_service.open_as_observer(token, address=request.remote_addr or "")
    board = load_board(ctx, session, chat_limit=CHAT)
    page = render_template(
        "live/observe.html",
        room=ctx.room,
        session=session,
        board=board,
        columns=columns(board.questions),
        mentor_ids={mentor.id for mentor in board.mentors},
        joins=refuse("This page is for reading."),
        leads=False,
        moderates=False,
        may_ask=False,
        totals=attendance_totals(session.id),
        captions=list_captions(session.id, limit=None),
        refresh=REFRESH_SECONDS if session.state in {SessionState.SCHEDULED, SessionState.LIVE} else None,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _manage_page(ctx: RoomContext, session_id: int, form: ObserverForm, *, made: str = "") -> str:
    session = access_session(ctx, session_id)
    require(can_lead(ctx, mentor_ids(session.id)))
    return render_template(
        "live/observers.html",
        **room_frame(ctx),
        session=session,
        form=form,
        made=made,
        links=list_observers(session.id),
        openings=list_openings(session.id),
        is_good=observer_service.is_good,
        soon=clock.now() + timedelta(days=1),
    )
