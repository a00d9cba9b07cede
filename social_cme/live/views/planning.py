"""Planning a session: the form for a new one and for changes, and calling it off."""

from __future__ import annotations

from collections.abc import Iterable
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
from social_cme.live.enums import ChangeScope, SessionState
from social_cme.live.forms import CancelForm, PlanForm, SegmentForm
from social_cme.live.models import LiveSession
from social_cme.live.policies import can_lead, can_schedule
from social_cme.live.queries.options import find_options
from social_cme.live.queries.series import access_series, count_following, list_sessions_of
from social_cme.live.queries.sessions import access_session, list_mentors, list_possible_mentors
from social_cme.live.queries.stage import load_stage
from social_cme.live.rules import in_words
from social_cme.live.services import schedule, series, stage
from social_cme.live.services.schedule import Plan
from social_cme.live.views import bp, person
from social_cme.live.views.options import chosen_options
from social_cme.live.views.pages import about_listed, room_frame
from social_cme.live.views.queue import queue_values
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
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
    if form.is_submitted() and form.rearrange(request.form):
        return _new_page(ctx, form)
    if form.is_submitted():
        try:
            if form.validate():
                return _put_on_the_calendar(ctx, form)
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
    if form.is_submitted() and form.rearrange(request.form):
        return _edit_page(ctx, session_id, form)
    if form.is_submitted():
        try:
            if form.validate():
                if form.scope.data == ChangeScope.FOLLOWING:
                    changed = series.edit_following(ctx, session_id, plan=_plan(form))
                    _save_video(ctx, [one.id for one in changed], form)
                    flash(f"{len(changed)} sessions are changed; everybody who comes is told.", "success")
                else:
                    schedule.edit_session(ctx, session_id, plan=_plan(form))
                    _save_video(ctx, [session_id], form)
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
                if form.scope.data == ChangeScope.FOLLOWING:
                    gone = series.cancel_following(ctx, session_id, reason=form.reason.data)
                    flash(
                        f"{len(gone)} sessions are canceled. Everybody can read the reason on their pages.", "success"
                    )
                else:
                    schedule.cancel_session(ctx, session_id, reason=form.reason.data)
                    flash("The session is canceled. Everybody can read the reason on its page.", "success")
                return redirect(url_for("live.show", slug=slug, session_id=session_id), code=303)
        except (Invalid, Conflict) as error:
            form.add_errors(error)
        return _cancel_page(read_room(require_actor(), slug), session_id, form), 422
    return _cancel_page(ctx, session_id, form)


@bp.get("/rooms/<slug:slug>/live/series/<id:series_id>")
def show_series(slug: str, series_id: int) -> str:
    """Show all dates of a series."""
    ctx = read_room(current_actor(), slug)
    one = access_series(ctx, series_id)
    sessions = list_sessions_of(ctx, one.id)
    return render_template(
        "live/series.html",
        **room_frame(ctx),
        series=one,
        words=in_words(one.rule),
        sessions=sessions,
        **about_listed(sessions, ctx.actor),
    )


def _put_on_the_calendar(ctx: RoomContext, form: PlanForm) -> Response:
    rule, client_id = form.rule(), form.client_id.data or None
    if rule is None:
        session = schedule.schedule_session(ctx, plan=_plan(form), client_id=client_id)
        _save_video(ctx, [session.id], form)
        flash("The session is on the calendar. Questions can be asked from now on.", "success")
        return redirect(url_for("live.show", slug=ctx.room.slug, session_id=session.id), code=303)
    found = series.schedule_series(ctx, plan=_plan(form), rule=rule, client_id=client_id)
    _save_video(ctx, [one.id for one in found], form)
    flash(f"{len(found)} sessions are on the calendar. Questions can be asked from now on.", "success")
    return redirect(url_for("live.show_series", slug=ctx.room.slug, series_id=found[0].series_id), code=303)


def _require_lead(ctx: RoomContext, session_id: int) -> None:
    session = access_session(ctx, session_id)
    require(can_lead(ctx, {mentor.id for mentor in list_mentors([session.id])[session.id]}))


def _offer_mentors(form: PlanForm, ctx: RoomContext, *, session_id: int | None = None) -> None:
    people = {user.id: user for user in list_possible_mentors(ctx)}
    if session_id is not None:
        people |= {user.id: user for user in list_mentors([session_id])[session_id]}
    form.mentor_ids.choices = [(user.id, user.display_name) for user in people.values()]
    form.co_mentor_ids.choices = list(form.mentor_ids.choices)


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
        "co_mentor_ids": list(plan.co_mentor_ids),
        "eligible_professions": list(plan.eligible_professions),
        "eligible_stages": list(plan.eligible_stages),
        "requires_verified": plan.requires_verified,
        "segments": [SegmentForm.values_of(one) for one in plan.segments],
        "still_here_minutes": plan.still_here_minutes,
        **queue_values(find_options(session_id)),
        "video_url": load_stage(access_session(ctx, session_id)).video_url,
    }


def _save_video(ctx: RoomContext, session_ids: Iterable[int], form: PlanForm) -> None:
    if "video_url" in request.form:
        for session_id in session_ids:
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
        co_mentor_ids=tuple(form.co_mentor_ids.data or ()),
        eligible_professions=tuple(form.eligible_professions.data or ()),
        eligible_stages=tuple(form.eligible_stages.data or ()),
        requires_verified=bool(form.requires_verified.data),
        segments=form.agenda(),
        still_here_minutes=form.still_here_minutes.data,
        queue=chosen_options(form) if form.queue_shown.data else None,
    )


def _new_page(ctx: RoomContext, form: PlanForm) -> str:
    return render_template("live/plan.html", **room_frame(ctx), form=form, session=None)


def _edit_page(ctx: RoomContext, session_id: int, form: PlanForm) -> str:
    session = access_session(ctx, session_id)
    return render_template(
        "live/plan.html",
        **room_frame(ctx),
        form=form,
        session=session,
        running=session.state == SessionState.LIVE,
        following=_count_following(session),
    )


def _cancel_page(ctx: RoomContext, session_id: int, form: CancelForm) -> str:
    session = access_session(ctx, session_id)
    return render_template(
        "live/cancel.html", **room_frame(ctx), form=form, session=session, following=_count_following(session)
    )


def _count_following(session: LiveSession) -> int:
    """Count what can be changed together with a session, itself included; 0 where it stands alone."""
    if session.series_id is None or session.state != SessionState.SCHEDULED:
        return 0
    count = count_following(session)
    return count if count > 1 else 0
