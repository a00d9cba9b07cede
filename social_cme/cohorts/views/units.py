"""Planning the units of a cohort and their self-study lists."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.cohorts.enums import ItemKind
from social_cme.cohorts.forms import ItemForm, UnitForm
from social_cme.cohorts.models import StudyItem, Unit
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.cohorts.queries.courses import item_lines, list_units, session_choices, thread_choices
from social_cme.cohorts.queries.door import open_cohort, open_item, open_unit
from social_cme.cohorts.rules.dates import WEEK, wall
from social_cme.cohorts.services import items, units
from social_cme.cohorts.services.plans import ItemPlan, UnitPlan
from social_cme.cohorts.views import bp, person
from social_cme.cohorts.views.frame import Page, act_and_return, answer_form, page
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.route("/rooms/<slug:slug>/cohorts/<id:cohort_id>/units/new", methods=["GET", "POST"])
@login_required
@limiter.limit("100 per hour", methods=["POST"], key_func=person)
def new_unit(slug: str, cohort_id: int) -> Page:
    """Add a unit; it is proposed for the week after the last one."""
    c = open_cohort(_planner(slug), cohort_id)
    opens = datetime.combine(c.cohort.starts_on, time(9))
    for unit in list_units(cohort_id):
        opens = max(opens, wall(unit.opens_at, c.cohort.time_zone) + WEEK)
    due = datetime.combine((opens + timedelta(days=6)).date(), time(23, 59))
    form = UnitForm(opens_at=opens, due_at=due, client_id=new_token()[:32])

    def act() -> str:
        unit = units.add_unit(c.room, cohort_id, plan=_unit_plan(form), client_id=form.client_id.data or None)
        return url_for("cohorts.edit_unit", slug=slug, unit_id=unit.id)

    def show() -> str:
        return page("cohorts/unit_form.html", open_cohort(_planner(slug), cohort_id), form=form, unit=None, lines=[])

    return answer_form(form, act, show, done="The unit is there. Add what to read, watch or take part in.")


@bp.route("/rooms/<slug:slug>/units/<id:unit_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("200 per hour", methods=["POST"], key_func=person)
def edit_unit(slug: str, unit_id: int) -> Page:
    """Change a unit, and see its list with the buttons that order it."""
    c, unit = open_unit(_planner(slug), unit_id)
    form = UnitForm(
        title=unit.title,
        objectives="\n".join(unit.objectives),
        opens_at=wall(unit.opens_at, c.cohort.time_zone),
        due_at=wall(unit.due_at, c.cohort.time_zone),
        body=unit.body_md,
        revision=str(unit.revision),
    )

    def act() -> str:
        units.edit_unit(c.room, unit_id, plan=_unit_plan(form), revision=form.seen())
        return url_for("cohorts.manage", slug=slug, cohort_id=c.cohort.id)

    def show() -> str:
        again, fresh = open_unit(_planner(slug), unit_id)
        if form.form_errors:
            form.revision.data = str(fresh.revision)
        lines = item_lines(again, [unit_id], user_id=None)[unit_id]
        return page("cohorts/unit_form.html", again, form=form, unit=fresh, lines=lines)

    return answer_form(form, act, show, done="The unit is changed.")


@bp.post("/rooms/<slug:slug>/units/<id:unit_id>/move")
@login_required
def move_unit(slug: str, unit_id: int) -> Response:
    """Move a unit up or down."""
    c, _unit = open_unit(_planner(slug), unit_id)
    way = request.form.get("direction", "")
    address = url_for("cohorts.manage", slug=slug, cohort_id=c.cohort.id, _anchor=f"unit-{unit_id}")
    return act_and_return(
        lambda: units.move_unit(c.room, unit_id, direction=way), address, done="The order is changed."
    )


@bp.post("/rooms/<slug:slug>/units/<id:unit_id>/remove")
@login_required
def remove_unit(slug: str, unit_id: int) -> Response:
    """Remove a unit that nobody has begun."""
    c, _unit = open_unit(_planner(slug), unit_id)
    address = url_for("cohorts.manage", slug=slug, cohort_id=c.cohort.id)
    return act_and_return(lambda: units.remove_unit(c.room, unit_id), address, done="The unit is removed.")


@bp.route("/rooms/<slug:slug>/units/<id:unit_id>/study-items/new", methods=["GET", "POST"])
@login_required
@limiter.limit("200 per hour", methods=["POST"], key_func=person)
def new_item(slug: str, unit_id: int) -> Page:
    """Add an entry to a unit's list."""
    c, _unit = open_unit(_planner(slug), unit_id)
    form = ItemForm(kind=request.args.get("kind") or ItemKind.READING, client_id=new_token()[:32])
    _offer(form, c.room)

    def act() -> str:
        items.add_item(c.room, unit_id, plan=_item_plan(form), client_id=form.client_id.data or None)
        return url_for("cohorts.edit_unit", slug=slug, unit_id=unit_id, _anchor="list")

    def show() -> str:
        again, unit = open_unit(_planner(slug), unit_id)
        return _item_page(again, form, unit, None)

    return answer_form(form, act, show, done="The entry is on the list.")


@bp.route("/rooms/<slug:slug>/study-items/<id:item_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("200 per hour", methods=["POST"], key_func=person)
def edit_item(slug: str, item_id: int) -> Page:
    """Change an entry."""
    c, unit, item = open_item(_planner(slug), item_id)
    names = ("kind", "title", "citation", "url", "minutes")
    form = ItemForm(
        thread_id=item.thread_id or 0,
        session_id=item.session_id or 0,
        **{name: getattr(item, name) for name in names},
    )
    _offer(form, c.room)

    def act() -> str:
        items.edit_item(c.room, item_id, plan=_item_plan(form))
        return url_for("cohorts.edit_unit", slug=slug, unit_id=unit.id, _anchor="list")

    def show() -> str:
        again, fresh_unit, fresh = open_item(_planner(slug), item_id)
        return _item_page(again, form, fresh_unit, fresh)

    return answer_form(form, act, show, done="The entry is changed.")


@bp.post("/rooms/<slug:slug>/study-items/<id:item_id>/move")
@login_required
def move_item(slug: str, item_id: int) -> Response:
    """Move an entry up or down in its list."""
    c, unit, _item = open_item(_planner(slug), item_id)
    way = request.form.get("direction", "")
    address = url_for("cohorts.edit_unit", slug=slug, unit_id=unit.id, _anchor="list")
    return act_and_return(
        lambda: items.move_item(c.room, item_id, direction=way), address, done="The order is changed."
    )


@bp.post("/rooms/<slug:slug>/study-items/<id:item_id>/remove")
@login_required
def remove_item(slug: str, item_id: int) -> Response:
    """Remove an entry that nobody has ticked off."""
    c, unit, _item = open_item(_planner(slug), item_id)
    address = url_for("cohorts.edit_unit", slug=slug, unit_id=unit.id, _anchor="list")
    return act_and_return(lambda: items.remove_item(c.room, item_id), address, done="The entry is removed.")


def _planner(slug: str) -> RoomContext:
    ctx = read_room(require_actor(), slug)
    require(can_plan(ctx))
    return ctx


def _unit_plan(form: UnitForm) -> UnitPlan:
    return UnitPlan(
        title=form.title.data,
        objectives=form.objective_lines(),
        opens=form.opens_at.data,
        due=form.due_at.data,
        body=form.body.data or "",
    )


def _item_plan(form: ItemForm) -> ItemPlan:
    return ItemPlan(
        kind=form.kind.data,
        title=form.title.data or "",
        citation=form.citation.data or "",
        url=form.url.data or "",
        thread_id=form.thread_id.data or None,
        session_id=form.session_id.data or None,
        minutes=form.minutes.data,
    )


def _offer(form: ItemForm, ctx: RoomContext) -> None:
    """Offer the room's threads and sessions, and what is chosen now even when it is older than those."""
    for field, choices, none in (
        (form.thread_id, thread_choices(ctx), "None"),
        (form.session_id, session_choices(ctx), "To be scheduled"),
    ):
        known: list[Any] = [(0, none), *choices]
        if field.object_data and field.object_data not in dict(known):
            known.append((field.object_data, "The one chosen now"))
        field.choices = known


def _item_page(c: CohortContext, form: ItemForm, unit: Unit, item: StudyItem | None) -> str:
    return page("cohorts/item_form.html", c, form=form, unit=unit, item=item)
