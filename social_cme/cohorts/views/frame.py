"""What the pages of cohorts have in common: the room's frame, the cohort's name and tabs, and forms that are given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template
from werkzeug import Response

from social_cme.cohorts.enums import ITEM_WORDS
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.core.errors import AppError, Conflict, Invalid
from social_cme.rooms.policies import RoomContext, can_manage_room, can_moderate
from social_cme.web.forms import Form
from social_cme.web.templating import reader_zone

Page = str | Response | tuple[str, int]
_ITEM_WORDS = {str(kind): words for kind, words in ITEM_WORDS.items()}


def room_page(template: str, ctx: RoomContext, **values: Any) -> str:
    """Render a page of the room."""
    return render_template(
        template,
        room=ctx.room,
        membership=ctx.membership,
        actor=ctx.actor,
        can_moderate=bool(can_moderate(ctx)),
        can_see_participation=ctx.is_mentor or ctx.is_coordinator or ctx.is_administrator,
        can_manage=bool(can_manage_room(ctx)),
        can_plan=bool(can_plan(ctx)),
        item_words=_ITEM_WORDS,
        reader_zone=reader_zone,
        **values,
    )


def page(template: str, c: CohortContext, **values: Any) -> str:
    """Render a page of a cohort."""
    return room_page(template, c.room, c=c, cohort=c.cohort, **values)


def answer_form(form: Form, act: Callable[[], str], show: Callable[[], str], *, done: str) -> Page:
    """Show a form, or act on it when it was sent and lead to the address that *act* returns; what is refused is given back."""
    if not form.is_submitted():
        return show()
    if not form.validate():
        return show(), 422
    try:
        address = act()
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return show(), error.status
    flash(done, "success")
    return redirect(address, code=303)


def act_and_return(act: Callable[[], object], address: str, *, done: str) -> Response:
    """Carry out what one button asks for and go back; a refusal that the person can do something about is said there."""
    try:
        act()
    except (Invalid, Conflict) as error:
        flash(first_message(error), "error")
    else:
        flash(done, "success")
    return redirect(address, code=303)


def first_message(error: AppError) -> str:
    """Return the most exact sentence of a refusal."""
    return next((messages[0] for messages in error.fields.values() if messages), error.message)
