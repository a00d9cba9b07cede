"""The list of rooms, and opening a new one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.enums import Specialty, label
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms import policies
from social_cme.rooms.forms import USUAL_GROUND_RULES, RoomForm
from social_cme.rooms.queries.directory import list_other_rooms, list_own_rooms
from social_cme.rooms.rules import WORDS_LIMIT
from social_cme.rooms.services.rooms import create_room
from social_cme.rooms.views import bp
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.forms import enum_choices


@bp.get("/rooms")
def directory() -> str:
    """Show one's own rooms first, then the others."""
    actor = current_actor()
    words = request.args.get("q", "")[:WORDS_LIMIT]
    specialty = request.args.get("specialty", "")
    chosen = specialty if specialty in set(Specialty) else None
    cursor = request.args.get("after")
    others = list_other_rooms(actor, words=words, specialty=chosen, cursor=cursor)
    own = list_own_rooms(actor, words=words, specialty=chosen) if actor is not None and not cursor else []
    return render_template(
        "rooms/directory.html",
        own=own,
        others=others,
        words=words,
        chosen=chosen,
        specialties=enum_choices(Specialty, label),
        is_later_page=bool(cursor),
        older_url=_later(words, chosen, others.next_cursor) if others.next_cursor else None,
        can_create=policies.can_create_room(actor),
    )


def _later(words: str, specialty: str | None, cursor: str) -> str:
    return url_for("rooms.directory", q=words or None, specialty=specialty, after=cursor)


@bp.route("/rooms/new", methods=["GET", "POST"])
@login_required
@limiter.limit("20 per day", methods=["POST"])
def new_room() -> str | Response | tuple[str, int]:
    """Open a room: the form, and what it sends."""
    actor = require_actor()
    require(policies.can_create_room(actor))
    form = RoomForm(ground_rules=USUAL_GROUND_RULES, specialty=actor.specialty)
    if not form.is_submitted():
        return render_template("rooms/new.html", form=form)
    if form.validate():
        try:
            room = create_room(
                actor,
                name=form.name.data,
                slug=form.slug.data,
                specialty=form.specialty.data,
                summary=form.summary.data,
                description=form.description.data or "",
                practice_gap=form.practice_gap.data or "",
                agenda=form.agenda.data or "",
                objectives=form.objective_lines(),
                ground_rules=form.ground_rules.data,
                visibility=form.visibility.data,
                professions=form.professions.data or (),
                verified_only=bool(form.verified_only.data),
                post_first=bool(form.post_first.data),
                escalation_hours=form.hours(),
                evidence_scale=form.evidence_scale.data,
                client_id=form.client_id.data or None,
            )
        except (Invalid, Conflict) as error:
            form.add_errors(error)
            return render_template("rooms/new.html", form=form), error.status
        flash("The room is open, and you coordinate it. Invite a mentor next.", "success")
        return redirect(url_for("rooms.about", slug=room.slug), code=303)
    return render_template("rooms/new.html", form=form), 422
