"""Pages of breakouts: making and steering one, its plan and attendance, and a group's own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core import clock
from social_cme.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from social_cme.core.ids import MAX_ID, new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live.forms import GroupChatForm, GroupNotesForm
from social_cme.live.policies import can_lead, can_write_in_group
from social_cme.live.queries import breakouts as reading
from social_cme.live.queries.groups import load_group
from social_cme.live.queries.rounds import list_attended
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services import breakouts, groups, placing, rounds, stations
from social_cme.live.services.breakouts import Timing
from social_cme.live.services.stations import StationPlan
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, back_to
from social_cme.live.views.whereabouts import look, notes_of, timing_defaults
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.downloads import csv_download
from social_cme.web.templating import reader_zone

Page = str | Response | tuple[str, int]
BREAKOUT = f"{SESSION}/breakouts/<id:breakout_id>"
GROUP = f"{SESSION}/groups/<id:group_id>"
UNKNOWN = "This page sent something that is not known here. Reload it and try again."


@bp.post(f"{SESSION}/breakouts")
@login_required
@limiter.limit("60 per hour", key_func=person)
def create_breakout(slug: str, session_id: int) -> Response:
    """Make a breakout, and go on to its page."""
    ctx = read_room(require_actor(), slug)
    access_session(ctx, session_id)
    timing = Timing(_number("rounds"), _number("round_minutes") * 60, _number("changeover_seconds"))
    try:
        made = breakouts.create_breakout(
            ctx, session_id, kind=request.form.get("kind", ""), timing=timing, client_id=_client()
        )
    except (Conflict, Forbidden, Invalid) as error:
        flash(_words(error), "error")
        return back_to(slug, session_id)
    return _to_breakout(slug, session_id, made.breakout.id)


@bp.get(BREAKOUT)
@login_required
def show_breakout(slug: str, session_id: int, breakout_id: int) -> str:
    """Show a breakout: to who leads its groups, stations, plan and attendance; to others their own part."""
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    rounds.catch_up(session.id)
    layout = reading.load_layout(reading.access_breakout(session, breakout_id))
    leads = bool(can_lead(ctx, mentor_ids(session.id)))
    return render_template(
        "live/breakout.html",
        room=ctx.room,
        session=session,
        view=look(layout, ctx.actor_id),
        leads=leads,
        members=reading.list_members(session) if leads else [],
        attended=list_attended(layout, user_id=None if leads else ctx.user.id),
        defaults=timing_defaults(),
        request_name=new_token()[:32],
    )


@bp.get(f"{BREAKOUT}/attendance.csv")
@login_required
def breakout_csv(slug: str, session_id: int, breakout_id: int) -> FlaskResponse:
    """Download who attended which round: everybody for who leads, else one's own rows."""
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    layout = reading.load_layout(reading.access_breakout(session, breakout_id))
    leads = bool(can_lead(ctx, mentor_ids(session.id)))
    rows = list_attended(layout, user_id=None if leads else ctx.user.id)
    header = ("round", "started_at_utc", "ended_at_utc", "person_id", "person", "role", "group", "station", "seconds",
              "of_seconds")  # fmt: skip
    cells = [
        (
            one.number,
            clock.iso(one.started_at),
            clock.iso(one.ended_at),
            one.person.id,
            one.person.display_name,
            one.role,
            one.group,
            one.station,
            one.seconds,
            one.of_seconds,
        )
        for one in rows
    ]
    return csv_download(f"rounds-{breakout_id}.csv", header, [cells])


@bp.post(f"{BREAKOUT}/control")
@login_required
@limiter.limit("120 per minute", key_func=person)
def control_breakout(slug: str, session_id: int, breakout_id: int) -> Response:
    """Do what who leads pressed: form, start, steer, heal."""
    ctx = read_room(require_actor(), slug)
    about = {"ctx": ctx, "session_id": session_id, "breakout_id": breakout_id}
    actions = _steering(about) | _arranging(about)
    act = actions.get(request.form.get("do", ""))
    if act is None:
        raise Invalid(UNKNOWN)
    try:
        act()
    except (Conflict, Forbidden, Invalid) as error:
        flash(_words(error), "error")
    if request.form.get("back") == "plan":
        return _to_breakout(slug, session_id, breakout_id)
    return back_to(slug, session_id, anchor="breakout")


@bp.post(f"{BREAKOUT}/place")
@login_required
@limiter.limit("40 per minute", key_func=person)
def place_in_breakout(slug: str, session_id: int, breakout_id: int) -> Response:
    """Come into the smallest group, or leave one's own."""
    act = placing.leave if request.form.get("do") == "leave" else placing.join
    try:
        act(read_room(require_actor(), slug), session_id, breakout_id)
    except (Conflict, Forbidden, Invalid) as error:
        flash(_words(error), "error")
    return back_to(slug, session_id, anchor="breakout")


@bp.get(GROUP)
@login_required
def show_group(slug: str, session_id: int, group_id: int) -> str:
    """Show what a group wrote, also after the session; only to those who may read it."""
    return _group_page(read_room(require_actor(), slug), session_id, group_id)


@bp.post(f"{GROUP}/chat")
@login_required
@limiter.limit("40 per minute", key_func=person)
def group_chat(slug: str, session_id: int, group_id: int) -> Page:
    """Write in a group's chat."""
    ctx = read_room(require_actor(), slug)
    form = GroupChatForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _group_page(ctx, session_id, group_id, chat_form=form)
    try:
        if form.validate():
            groups.post_message(
                ctx,
                session_id,
                group_id,
                body=form.body.data,
                attested=form.attested_findings(),
                client_id=form.client_id.data or None,
            )
            return _after_writing(slug, session_id, group_id)
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _group_page(read_room(require_actor(), slug), session_id, group_id, chat_form=form), error.status
    return _group_page(ctx, session_id, group_id, chat_form=form), 422


@bp.post(f"{GROUP}/notes")
@login_required
@limiter.limit("60 per minute", key_func=person)
def group_notes(slug: str, session_id: int, group_id: int) -> Page:
    """Save a group's notes; what somebody saved in between is shown beside one's own."""
    ctx = read_room(require_actor(), slug)
    form = GroupNotesForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _group_page(ctx, session_id, group_id, notes_form=form)
    try:
        if form.validate():
            groups.save_notes(
                ctx,
                session_id,
                group_id,
                notes=form.notes.data or "",
                revision=form.revision.data or 0,
                attested=form.attested_findings(),
                client_id=form.client_id.data or None,
            )
            return _after_writing(slug, session_id, group_id)
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        page = _group_page(read_room(require_actor(), slug), session_id, group_id, notes_form=form)
        return page, error.status
    return _group_page(ctx, session_id, group_id, notes_form=form), 422


@bp.post(f"{GROUP}/chat/<id:message_id>/hide")
@login_required
@limiter.limit("120 per minute", key_func=person)
def hide_group_chat(slug: str, session_id: int, group_id: int, message_id: int) -> Response:
    """Take a line of a group's chat off the screen."""
    try:
        groups.hide_message(
            read_room(require_actor(), slug), session_id, group_id, message_id, reason=request.form.get("reason", "")
        )
    except AppError as error:
        if isinstance(error, NotFound):
            raise
        flash(error.message, "error")
    return _after_writing(slug, session_id, group_id)


def _steering(about: dict[str, Any]) -> dict[str, Callable[[], object]]:
    client = _client()
    return {
        "start": lambda: rounds.start(**about, client_id=client),
        "next": lambda: rounds.next_step(**about, client_id=client),
        "end_round": lambda: rounds.end_round(**about, client_id=client),
        "extend": lambda: rounds.extend_round(**about, minutes=2, client_id=client),
        "pause": lambda: rounds.pause(**about, client_id=client),
        "resume": lambda: rounds.resume(**about, client_id=client),
        "end": lambda: rounds.end_breakout(**about, client_id=client),
        "add_round": lambda: breakouts.add_round(**about, client_id=client),
    }


def _arranging(about: dict[str, Any]) -> dict[str, Callable[[], object]]:
    read, text = _number, request.form.get
    return {
        "form": lambda: breakouts.form(
            **about,
            size=read("size"),
            count=read("count") or None,
            mix=text("mix", ""),
            people=[int(one) for one in request.form.getlist("people") if _is_id(one)] or None,
        ),
        "add_station": lambda: stations.add_station(
            **about,
            station=StationPlan(text("name", ""), text("topic", ""), read("expert_id") or None),
            client_id=_client(),
        ),
        "drop_station": lambda: stations.drop_station(**about, station_id=read("station_id")),
        "return_station": lambda: stations.return_station(**about, station_id=read("station_id")),
        "add_group": lambda: placing.new_group(**about, client_id=_client()),
        "drop_group": lambda: placing.drop_group(**about, group_id=read("group_id")),
        "rename_group": lambda: placing.rename_group(**about, group_id=read("group_id"), name=text("name", "")),
        "move": lambda: placing.move(**about, user_id=read("user_id"), group_id=read("group_id") or None),
    }


def _group_page(
    ctx: RoomContext,
    session_id: int,
    group_id: int,
    *,
    chat_form: GroupChatForm | None = None,
    notes_form: GroupNotesForm | None = None,
) -> str:
    session = access_session(ctx, session_id)
    board = load_group(ctx, session, group_id, cursor=request.args.get("before"), limit=100)
    if chat_form is not None or notes_form is not None:
        require(can_write_in_group(session))
    return render_template(
        "live/group.html",
        room=ctx.room,
        session=session,
        board=board,
        leads=bool(can_lead(ctx, mentor_ids(session.id))),
        may_write=bool(can_write_in_group(session)),
        group_chat_form=chat_form or GroupChatForm(formdata=None),
        group_notes_form=notes_form or notes_of(board.group),
        reader_zone=reader_zone,
    )


def _after_writing(slug: str, session_id: int, group_id: int) -> Response:
    if request.form.get("back") == "session":
        return back_to(slug, session_id, anchor="group-room")
    return redirect(url_for("live.show_group", slug=slug, session_id=session_id, group_id=group_id), code=303)


def _to_breakout(slug: str, session_id: int, breakout_id: int) -> Response:
    address = url_for("live.show_breakout", slug=slug, session_id=session_id, breakout_id=breakout_id)
    return redirect(address, code=303)


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and 0 < int(value[:20]) <= MAX_ID


def _number(name: str) -> int:
    """Return a number of the form, 0 for what is none; the service says what it must be."""
    value = request.form.get(name, "")
    return int(value) if _is_id(value) else 0


def _client() -> str | None:
    form = GroupChatForm()
    value = form.client_id.data or None
    if value is not None and not form.client_id.validate(form):
        raise Invalid(UNKNOWN)
    return value


def _words(error: AppError) -> str:
    return " ".join(text for texts in error.fields.values() for text in texts) or error.message
