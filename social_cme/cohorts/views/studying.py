"""A unit as a learner works through it: read, tick off, write one sentence."""

from __future__ import annotations

from flask import redirect, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.cohorts.enums import UnitState
from social_cme.cohorts.forms import TickForm
from social_cme.cohorts.models import Unit
from social_cme.cohorts.policies import CohortContext, can_read_inside, can_read_unit, can_tick
from social_cme.cohorts.queries.courses import item_lines, list_units
from social_cme.cohorts.queries.door import open_item, open_unit
from social_cme.cohorts.rules.states import unit_state
from social_cme.cohorts.services import study
from social_cme.cohorts.views import bp, person
from social_cme.cohorts.views.frame import page
from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor


@bp.get("/rooms/<slug:slug>/units/<id:unit_id>")
def show_unit(slug: str, unit_id: int) -> str:
    """Show a unit with its self-study list."""
    c, unit = open_unit(read_room(current_actor(), slug), unit_id)
    return _unit_page(c, unit)


@bp.post("/rooms/<slug:slug>/study-items/<id:item_id>/tick")
@login_required
@limiter.limit("60 per minute", key_func=person)
def tick(slug: str, item_id: int) -> Response | tuple[str, int]:
    """Tick an entry off, with one sentence or without."""
    ctx = read_room(require_actor(), slug)
    c, unit, _item = open_item(ctx, item_id)
    form = TickForm()
    if not form.validate():
        return _unit_page(c, unit, form=form, item_id=item_id), 422
    try:
        study.tick_item(ctx, item_id, reflection=form.reflection.data or "")
    except Invalid as error:
        form.add_errors(error)
        return _unit_page(c, unit, form=form, item_id=item_id), error.status
    return _back(slug, unit.id, item_id)


@bp.post("/rooms/<slug:slug>/study-items/<id:item_id>/untick")
@login_required
@limiter.limit("60 per minute", key_func=person)
def untick(slug: str, item_id: int) -> Response:
    """Take a tick back."""
    ctx = read_room(require_actor(), slug)
    _c, unit, _item = open_item(ctx, item_id)
    study.untick_item(ctx, item_id)
    return _back(slug, unit.id, item_id)


def _unit_page(c: CohortContext, unit: Unit, *, form: TickForm | None = None, item_id: int | None = None) -> str:
    require(can_read_inside(c))
    moment = clock.now()
    opened = can_read_unit(c, unit, moment)
    user_id = c.room.actor_id if c.is_in else None
    lines = item_lines(c, [unit.id], user_id=user_id)[unit.id] if opened else []
    units = list_units(c.cohort.id)
    place = next(at for at, one in enumerate(units) if one.id == unit.id)
    done = sum(line.is_done for line in lines)
    state = unit_state(opens_at=unit.opens_at, due_at=unit.due_at, done=done, total=len(lines), moment=moment)
    return page(
        "cohorts/unit.html",
        c,
        unit=unit,
        number=place + 1,
        opened=opened,
        is_ahead=state == UnitState.LOCKED,
        state=state,
        lines=lines,
        done=done,
        may_tick=bool(can_tick(c, unit, moment)),
        refused=form,
        refused_id=item_id,
        before=units[place - 1] if place else None,
        after=units[place + 1] if place + 1 < len(units) else None,
    )


def _back(slug: str, unit_id: int, item_id: int) -> Response:
    return redirect(url_for("cohorts.show_unit", slug=slug, unit_id=unit_id, _anchor=f"item-{item_id}"), code=303)
