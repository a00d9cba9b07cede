"""Planning a session: the form for a new one and for changes, and calling it off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live.enums import SessionState
from social_cme.live.forms import CancelForm, PlanForm
from social_cme.live.policies import can_lead, can_schedule
from social_cme.live.queries.sessions import access_session, list_mentors, list_possible_mentors
from social_cme.live.queries.stage import load_stage
from social_cme.live.services import schedule, stage
from social_cme.live.services.schedule import Plan
from social_cme.live.views import bp, person
from social_cme.live.views.pages import room_frame
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.templating import reader_zone

Page = str | Response | tuple[str, int]


@bp.route("/rooms/<slug:slug>/live/new", methods=["GET", "POST"])
@login_required
@limiter.limit("40 per day", methods=["POST"], key_func=person)
def new_session(slug: str) -> Page:
    """Plan a session: the form, and what it sends."""
    ctx = read_room(require_actor(), slug)
    require(can_schedule(ctx))
    form = PlanForm(**_proposal(ctx))
    _offer_mentors(form, ctx)
    if form.is_submitted():
        try:
            if form.validate():
                session = schedule.schedule_session(ctx, plan=_plan(form), client_id=form.client_id.data or None)
                _save_video(ctx, session.id, form)
                flash("The session is on the calendar. Questions can be asked from now on.", "success")
                return redirect(url_for("live.show", slug=slug, session_id=session.id), code=303)
        except (Invalid, Conflict) as error:
            form.add_errors(error)
        return _new_page(read_room(require_actor(), slug), form), 422
    return _new_page(ctx, form)


@bp.route("/rooms/<slug:slug>/live/<id:session_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("100 per hour", methods=["POST"], key_func=person)
def edit_session(slug: str, session_id: int) -> Page:
    """Change a session: the form, and what it sends."""
    ctx = read_room(require_actor(), slug)
    form = PlanForm(**_present(ctx, session_id))
    _offer_mentors(form, ctx, session_id=session_id)
    if form.is_submitted():
        try:
            if form.validate():
                schedule.edit_session(ctx, session_id, plan=_plan(form))
                _save_video(ctx, session_id, form)
                flash("The changes are saved; everybody on the page sees them.", "success")
                return redirect(url_for("live.show", slug=slug, session_id=session_id), code=303)
        except (Invalid, Conflict) as error:
            form.add_errors(error)
        return _edit_page(read_room(require_actor(), slug), session_id, form), 422
    return _edit_page(ctx, session_id, form)


@bp.route("/rooms/<slug:slug>/live/<id:session_id>/cancel", methods=["GET", "POST"])
@login_required
@limiter.limit("40 per hour", methods=["POST"], key_func=person)
def cancel(slug: str, session_id: int) -> Page:
    """Call a session off: the form, and what it sends."""
    ctx = read_room(require_actor(), slug)
    _require_lead(ctx, session_id)
    form = CancelForm()
    if form.is_submitted():
        try:
            if form.validate():
                schedule.cancel_session(ctx, session_id, reason=form.reason.data)
                flash("The session is canceled. Everybody can read the reason on its page.", "success")
                return redirect(url_for("live.show", slug=slug, session_id=session_id), code=303)
        except (Invalid, Conflict) as error:
            form.add_errors(error)
        return _cancel_page(read_room(require_actor(), slug), session_id, form), 422
    return _cancel_page(ctx, session_id, form)


def _require_lead(ctx: RoomContext, session_id: int) -> None:
    session = access_session(ctx, session_id)
    require(can_lead(ctx, {mentor.id for mentor in list_mentors([session.id])[session.id]}))


def _offer_mentors(form: PlanForm, ctx: RoomContext, *, session_id: int | None = None) -> None:
    people = {user.id: user for user in list_possible_mentors(ctx)}
    if session_id is not None:
        people |= {user.id: user for user in list_mentors([session_id])[session_id]}
    form.mentor_ids.choices = [(user.id, user.display_name) for user in people.values()]


def _proposal(ctx: RoomContext) -> dict[str, Any]:
    zone = reader_zone()
    start = clock.utc_to_local(clock.now() + timedelta(days=7), zone).replace(
        hour=18, minute=0, second=0, microsecond=0
    )
    wall = start.replace(tzinfo=None)
    return {
        "starts_at": wall,
        "ends_at": wall + timedelta(hours=1),
        "time_zone": zone,
        "mentor_ids": [ctx.user.id],
        "client_id": new_token()[:32],
    }


def _present(ctx: RoomContext, session_id: int) -> dict[str, Any]:
    _require_lead(ctx, session_id)
    plan = schedule.current_plan(ctx, session_id)
    return {
        "title": plan.title,
        "description": plan.description,
        "starts_at": plan.starts,
        "ends_at": plan.ends,
        "time_zone": plan.time_zone,
        "mentor_ids": list(plan.mentor_ids),
        "capacity": plan.capacity,
        "video_url": load_stage(access_session(ctx, session_id)).video_url,
    }


def _save_video(ctx: RoomContext, session_id: int, form: PlanForm) -> None:
    if "video_url" in request.form:
        stage.set_video(ctx, session_id, url=form.video_url.data or "")


def _plan(form: PlanForm) -> Plan:
    return Plan(
        title=form.title.data,
        description=form.description.data or "",
        starts=form.starts_at.data,
        ends=form.ends_at.data,
        time_zone=form.time_zone.data,
        mentor_ids=tuple(form.mentor_ids.data),
        capacity=form.capacity.data,
    )


def _new_page(ctx: RoomContext, form: PlanForm) -> str:
    return render_template("live/plan.html", **room_frame(ctx), form=form, session=None)


def _edit_page(ctx: RoomContext, session_id: int, form: PlanForm) -> str:
    session = access_session(ctx, session_id)
    running = session.state == SessionState.LIVE
    return render_template("live/plan.html", **room_frame(ctx), form=form, session=session, running=running)


def _cancel_page(ctx: RoomContext, session_id: int, form: CancelForm) -> str:
    return render_template("live/cancel.html", **room_frame(ctx), form=form, session=access_session(ctx, session_id))
