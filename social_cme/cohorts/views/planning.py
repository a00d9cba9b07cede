"""Planning a cohort: new, changed, published, copied; and the plan as a whole."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from flask import url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.cohorts.forms import CohortForm, CopyForm
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.cohorts.queries.challenges import list_challenges
from social_cme.cohorts.queries.courses import count_items, list_units
from social_cme.cohorts.queries.door import open_cohort
from social_cme.cohorts.rules.dates import WEEK, day_at
from social_cme.cohorts.services import cohorts, copying
from social_cme.cohorts.services.plans import CohortPlan, cohort_plan
from social_cme.cohorts.views import bp, person
from social_cme.cohorts.views.frame import Page, act_and_return, answer_form, page, room_page
from social_cme.core import clock
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.templating import reader_zone


@bp.route("/rooms/<slug:slug>/cohorts/new", methods=["GET", "POST"])
@login_required
@limiter.limit("40 per day", methods=["POST"], key_func=person)
def new_cohort(slug: str) -> Page:
    """Plan a cohort."""
    ctx = read_room(require_actor(), slug)
    require(can_plan(ctx))
    today = day_at(clock.now(), reader_zone())
    monday = today + timedelta(days=7 - today.weekday())
    form = CohortForm(starts_on=monday, weeks=6, time_zone=reader_zone(), client_id=new_token()[:32])

    def act() -> str:
        cohort = cohorts.create_cohort(ctx, plan=_plan(form), client_id=form.client_id.data or None)
        return url_for("cohorts.manage", slug=slug, cohort_id=cohort.id)

    return answer_form(
        form,
        act,
        lambda: room_page("cohorts/plan.html", read_room(require_actor(), slug), form=form, cohort=None),
        done="The cohort is planned. Add its units; nobody else sees it until you publish it.",
    )


@bp.route("/rooms/<slug:slug>/cohorts/<id:cohort_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("100 per hour", methods=["POST"], key_func=person)
def edit_cohort(slug: str, cohort_id: int) -> Page:
    """Change what is said of a cohort."""
    c = _managed(slug, cohort_id)
    one = c.cohort
    form = CohortForm(**asdict(cohort_plan(one)), revision=str(one.revision))

    def act() -> str:
        cohorts.edit_cohort(c.room, cohort_id, plan=_plan(form), revision=form.seen())
        return url_for("cohorts.manage", slug=slug, cohort_id=cohort_id)

    def show() -> str:
        fresh = _managed(slug, cohort_id)
        if form.form_errors:
            # Saving once more is then a decision made with the present state in sight.
            form.revision.data = str(fresh.cohort.revision)
        return page("cohorts/plan.html", fresh, form=form)

    return answer_form(form, act, show, done="The cohort is changed.")


@bp.get("/rooms/<slug:slug>/cohorts/<id:cohort_id>/manage")
@login_required
def manage(slug: str, cohort_id: int) -> str:
    """Show the plan: units with their order, challenges, what is to do."""
    c = _managed(slug, cohort_id)
    return page(
        "cohorts/manage.html",
        c,
        units=list_units(cohort_id),
        counts=count_items(cohort_id),
        challenges=list_challenges(cohort_id),
    )


@bp.post("/rooms/<slug:slug>/cohorts/<id:cohort_id>/publish")
@login_required
def publish(slug: str, cohort_id: int) -> Response:
    """Show a cohort to the room."""
    c = _managed(slug, cohort_id)
    address = url_for("cohorts.manage", slug=slug, cohort_id=cohort_id)
    return act_and_return(
        lambda: cohorts.publish_cohort(c.room, cohort_id),
        address,
        done="The cohort is published. The room has a tab for it now, and learners can join.",
    )


@bp.route("/rooms/<slug:slug>/cohorts/<id:cohort_id>/copy", methods=["GET", "POST"])
@login_required
@limiter.limit("40 per day", methods=["POST"], key_func=person)
def copy(slug: str, cohort_id: int) -> Page:
    """Copy a cohort for the next term."""
    c = _managed(slug, cohort_id)
    ahead = max(c.cohort.starts_on + c.cohort.weeks * WEEK, clock.now().date())
    next_start = ahead + timedelta(days=(c.cohort.starts_on.weekday() - ahead.weekday()) % 7)
    form = CopyForm(name=f"{c.cohort.name} (next term)"[:100], starts_on=next_start, client_id=new_token()[:32])

    def act() -> str:
        made = copying.copy_cohort(
            c.room,
            cohort_id,
            name=form.name.data,
            starts_on=form.starts_on.data,
            client_id=form.client_id.data or None,
        )
        return url_for("cohorts.manage", slug=slug, cohort_id=made.id)

    return answer_form(
        form,
        act,
        lambda: page("cohorts/copy.html", _managed(slug, cohort_id), form=form),
        done="The plan is copied. Check its dates, plan the live sessions, then publish it.",
    )


def _managed(slug: str, cohort_id: int) -> CohortContext:
    c = open_cohort(read_room(require_actor(), slug), cohort_id)
    require(can_plan(c.room))
    return c


def _plan(form: CohortForm) -> CohortPlan:
    return CohortPlan(
        name=form.name.data,
        summary=form.summary.data or "",
        starts_on=form.starts_on.data,
        weeks=form.weeks.data,
        time_zone=form.time_zone.data,
        capacity=form.capacity.data,
        join_until=form.join_until.data,
    )
