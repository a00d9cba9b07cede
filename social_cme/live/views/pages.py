"""Reading: lists of sessions, and one session as lobby, running room or archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for

from social_cme.core import clock
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.live import rules
from social_cme.live.enums import SessionState
from social_cme.live.forms import AskForm, ChatForm
from social_cme.live.models import LiveSession
from social_cme.live.policies import (
    can_ask,
    can_chat,
    can_come,
    can_hide,
    can_join,
    can_lead,
    can_schedule,
    can_see_records,
)
from social_cme.live.queries.board import CHAT_SHOWN, load_board
from social_cme.live.queries.rsvps import waiting_for
from social_cme.live.queries.sessions import (
    access_session,
    going_to,
    list_mentors,
    list_mine,
    list_past,
    list_recent,
    list_upcoming,
)
from social_cme.live.services import rounds
from social_cme.live.views import bp
from social_cme.live.views.arrange import columns
from social_cme.live.views.parts import stage_context
from social_cme.live.views.poll_frame import RefusedBallot, poll_frame
from social_cme.live.views.queue import queue_frame
from social_cme.live.views.whereabouts import breakout_parts
from social_cme.rooms.policies import RoomContext, can_moderate
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.templating import reader_zone

TRANSCRIPT = 200
_TEMPLATES = {
    SessionState.SCHEDULED: "live/lobby.html",
    SessionState.LIVE: "live/session.html",
    SessionState.ENDED: "live/archive.html",
    SessionState.CANCELLED: "live/archive.html",
}


@bp.get("/live")
def index() -> str:
    """Show the running and coming sessions of the reader's rooms, and the latest that ended."""
    actor = current_actor()
    upcoming, recent = list_mine(actor), list_recent(actor)
    return render_template(
        "live/index.html", upcoming=upcoming, recent=recent, **about_listed([*upcoming, *recent], current_actor())
    )


@bp.get("/rooms/<slug:slug>/live")
def room_index(slug: str) -> str:
    """Show the sessions of a room."""
    ctx = read_room(current_actor(), slug)
    cursor = request.args.get("after")
    upcoming = [] if cursor else list_upcoming(ctx)
    past = list_past(ctx, cursor=cursor)
    older = url_for("live.room_index", slug=slug, after=past.next_cursor) if past.next_cursor else None
    return render_template(
        "live/room_index.html",
        **room_frame(ctx),
        upcoming=upcoming,
        past=past.items,
        older_url=older,
        is_later_page=bool(cursor),
        can_schedule=bool(can_schedule(ctx)),
        **about_listed([*upcoming, *past.items], ctx.actor),
    )


@bp.get("/rooms/<slug:slug>/live/<id:session_id>")
def show(slug: str, session_id: int) -> str:
    """Show a session: the lobby before it, the room while it runs, the archive afterward."""
    return render_session(read_room(current_actor(), slug), session_id)


def render_session(
    ctx: RoomContext,
    session_id: int,
    *,
    ask_form: AskForm | None = None,
    chat_form: ChatForm | None = None,
    poll_refused: RefusedBallot | None = None,
) -> str:
    """Render a session's page, with a form that was refused and still holds what was typed.

    Raises ``Forbidden`` when the page no longer has that form; the error page gives the text back.
    """
    session = access_session(ctx, session_id)
    rounds.catch_up(session.id)
    over = session.state in {SessionState.ENDED, SessionState.CANCELLED}
    chat_before = request.args.get("before") if over else None
    board = load_board(ctx, session, chat_limit=TRANSCRIPT if over else CHAT_SHOWN, chat_before=chat_before)
    mentors = {mentor.id for mentor in board.mentors}
    joins = can_join(ctx, session, mentors, has_place=session.capacity is None or board.is_going)
    if ask_form is not None:
        require(joins)
        require(can_ask(session))
    if chat_form is not None:
        require(joins)
        require(can_chat(session))
    may_ask = bool(joins) and bool(can_ask(session))
    leads = bool(can_lead(ctx, mentors))
    return render_template(
        _TEMPLATES[SessionState(session.state)],
        room=ctx.room,
        membership=ctx.membership if ctx.is_member else None,
        session=session,
        board=board,
        columns=columns(board.questions),
        mentor_ids=mentors,
        joins=joins,
        may_come=can_come(ctx, session),
        is_for=rules.whom_it_is_for(
            session.eligible_professions, session.eligible_stages, verified=session.requires_verified
        ),
        leads=leads,
        may_start=leads and rules.may_start(session.starts_at, session.ends_at, clock.now()),
        moderates=bool(can_hide(ctx)),
        may_ask=may_ask,
        may_chat=bool(joins) and bool(can_chat(session)),
        sees_records=bool(can_see_records(ctx)),
        chat_form=chat_form or ChatForm(formdata=None),
        **queue_frame(ctx, board, may_ask=may_ask, leads=leads, ask_form=ask_form),
        request_name=new_token()[:32],
        **poll_frame(ctx, session, board, leads=leads, refused=poll_refused),
        reader_zone=reader_zone,
        **stage_context(ctx, session, board, joins=bool(joins), leads=leads),
        **breakout_parts(ctx, session, board),
    )


def room_frame(ctx: RoomContext) -> dict[str, Any]:
    """Return what the frame of a room's pages reads."""
    return {
        "room": ctx.room,
        "membership": ctx.membership,
        "can_moderate": bool(can_moderate(ctx)),
        "can_see_participation": ctx.is_mentor or ctx.is_coordinator or ctx.is_administrator,
    }


def about_listed(sessions: Sequence[LiveSession], actor: Any) -> dict[str, Any]:
    """Return what the rows of a list of sessions read."""
    ids = [session.id for session in sessions]
    actor_id = actor.id if actor is not None else None
    return {
        "mentors": list_mentors(ids),
        "going": going_to(actor_id, ids),
        "waiting": waiting_for(actor_id, ids),
        "reader_zone": reader_zone,
    }
