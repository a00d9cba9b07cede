"""Reading: the cohorts of a room, and one cohort with what is due next; joining and leaving."""

from __future__ import annotations

from flask import redirect, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.cohorts.policies import can_join
from social_cme.cohorts.queries.courses import joined_among, list_active_members, list_cohorts
from social_cme.cohorts.queries.door import open_cohort
from social_cme.cohorts.queries.progress import find_outline
from social_cme.cohorts.rules.dates import day_at, last_day, week_number
from social_cme.cohorts.services import joining
from social_cme.cohorts.views import bp, person
from social_cme.cohorts.views.frame import act_and_return, page, room_page
from social_cme.core import clock
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor

FACES_SHOWN = 12


@bp.get("/rooms/<slug:slug>/cohorts")
def index(slug: str) -> str | Response:
    """Show the cohorts of a room; the only one is shown at once to those who plan none."""
    ctx = read_room(current_actor(), slug)
    cohorts = list_cohorts(ctx)
    if len(cohorts) == 1 and cohorts[0].published_at is not None and not ctx.is_coordinator:
        return redirect(url_for("cohorts.show", slug=slug, cohort_id=cohorts[0].id))
    today = {one.id: day_at(clock.now(), one.time_zone) for one in cohorts}
    return room_page(
        "cohorts/index.html",
        ctx,
        cohorts=cohorts,
        joined=joined_among(ctx.actor_id, [one.id for one in cohorts]),
        last_days={one.id: last_day(one.starts_on, one.weeks) for one in cohorts},
        weeks={one.id: week_number(today[one.id], starts_on=one.starts_on, weeks=one.weeks) for one in cohorts},
        today=today,
    )


@bp.get("/rooms/<slug:slug>/cohorts/<id:cohort_id>")
def show(slug: str, cohort_id: int) -> str:
    """Show a cohort: what is due next, the timeline of its units, its challenges."""
    c = open_cohort(read_room(current_actor(), slug), cohort_id)
    today = day_at(clock.now(), c.cohort.time_zone)
    return page(
        "cohorts/show.html",
        c,
        outline=find_outline(c, c.room.actor_id if c.is_in else None),
        joins=can_join(c, today),
        today=today,
        last_day=last_day(c.cohort.starts_on, c.cohort.weeks),
        week=week_number(today, starts_on=c.cohort.starts_on, weeks=c.cohort.weeks),
        people=list_active_members(c.cohort.id, limit=FACES_SHOWN) if c.is_inside else [],
    )


@bp.post("/rooms/<slug:slug>/cohorts/<id:cohort_id>/join")
@login_required
@limiter.limit("30 per hour", key_func=person)
def join(slug: str, cohort_id: int) -> Response:
    """Join a cohort."""
    ctx = read_room(require_actor(), slug)
    address = url_for("cohorts.show", slug=slug, cohort_id=cohort_id)
    return act_and_return(
        lambda: joining.join_cohort(ctx, cohort_id), address, done="You are in. What is due next stands first."
    )


@bp.post("/rooms/<slug:slug>/cohorts/<id:cohort_id>/leave")
@login_required
@limiter.limit("30 per hour", key_func=person)
def leave(slug: str, cohort_id: int) -> Response:
    """Leave a cohort."""
    ctx = read_room(require_actor(), slug)
    address = url_for("cohorts.show", slug=slug, cohort_id=cohort_id)
    return act_and_return(
        lambda: joining.leave_cohort(ctx, cohort_id), address, done="You left the cohort. What you did is kept."
    )
