"""What who leads changes about the queue and the chat while the session goes on."""

from __future__ import annotations

from flask import flash
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live.forms import OptionsForm, PlanForm
from social_cme.live.policies import can_lead
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services import options
from social_cme.live.services.options import OptionsChange
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, back_to
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.post(f"{SESSION}/options")
@login_required
@limiter.limit("60 per minute", key_func=person)
def change_options(slug: str, session_id: int) -> Response:
    """Change approval, pseudonyms, labels and slow mode."""
    ctx = read_room(require_actor(), slug)
    require(can_lead(ctx, mentor_ids(access_session(ctx, session_id).id)))
    form = OptionsForm()
    try:
        if form.validate():
            options.change_options(ctx, session_id, change=chosen_options(form))
            flash("Saved. Everybody on the page has it.", "success")
        else:
            flash(next(iter(form.errors.values()))[0], "error")
    except Conflict as error:
        flash(error.message, "error")
    except Invalid as error:
        flash(next(iter(error.fields.values()), [error.message])[0], "error")
    return back_to(slug, session_id, anchor="queue-options")


def chosen_options(form: OptionsForm | PlanForm) -> OptionsChange:
    """Return what the fields of the queue say."""
    return OptionsChange(
        approve_first=bool(form.approve_first.data),
        allow_pseudonyms=bool(form.allow_pseudonyms.data),
        slow_seconds=form.slow_seconds.data or 0,
        labels=(form.labels.data or "").split(","),
    )
