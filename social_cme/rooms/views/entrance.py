"""A room's own page and its door: about, join, leave, the ground rules, invitations that were mailed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import limiter
from social_cme.rooms import policies
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.forms import JoinForm
from social_cme.rooms.models import Invitation
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from social_cme.rooms.queries.members import count_requests, find_invitation, list_guides
from social_cme.rooms.rules import INVITATION_USELESS
from social_cme.rooms.services.invitations import redeem_invitation
from social_cme.rooms.services.joining import accept_rules, join_room, leave_room, withdraw_request
from social_cme.rooms.views import bp
from social_cme.rooms.views.frame import room_page
from social_cme.web.actor import current_actor, require_actor


@bp.get("/rooms/<slug:slug>/about")
def about(slug: str) -> str:
    """Show what a room is for, who guides it, its rules and how to join."""
    return _about(open_room(current_actor(), slug), JoinForm())


@bp.post("/rooms/<slug:slug>/join")
@login_required
@limiter.limit("60 per hour")
def join(slug: str) -> str | Response | tuple[str, int]:
    """Join, or ask to."""
    ctx = open_room(require_actor(), slug)
    form = JoinForm()
    if not form.validate():
        return _about(ctx, form), 422
    try:
        membership = join_room(ctx, accepted_version=form.accepted_version(), statement=form.statement.data or "")
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _about(open_room(require_actor(), slug), form), error.status
    if membership.state == MembershipState.REQUESTED:
        flash("Your request is with the coordinators. You will hear from them by e-mail.", "success")
        return redirect(url_for("rooms.about", slug=slug), code=303)
    flash(f"You are a member of {ctx.room.name} now.", "success")
    return redirect(url_for("discussions.room_threads", slug=slug), code=303)


@bp.post("/rooms/<slug:slug>/leave")
@login_required
def leave(slug: str) -> Response:
    """Leave the room."""
    ctx = open_room(require_actor(), slug)
    try:
        leave_room(ctx)
    except Conflict as error:
        flash(error.message, "error")
        return redirect(url_for("rooms.about", slug=slug), code=303)
    flash(f"You left {ctx.room.name}. What you wrote stays there.", "success")
    return redirect(url_for("rooms.directory"), code=303)


@bp.post("/rooms/<slug:slug>/withdraw")
@login_required
def withdraw(slug: str) -> Response:
    """Take back one's request to join."""
    ctx = open_room(require_actor(), slug)
    try:
        withdraw_request(ctx)
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash("Your request is taken back.", "success")
    return redirect(url_for("rooms.about", slug=slug), code=303)


@bp.post("/rooms/<slug:slug>/rules")
@login_required
def accept_new_rules(slug: str) -> str | Response | tuple[str, int]:
    """Accept ground rules that changed."""
    ctx = open_room(require_actor(), slug)
    form = JoinForm()
    try:
        accept_rules(ctx, version=form.accepted_version())
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _about(ctx, form), error.status
    flash("Thank you. You accepted the ground rules as they are now.", "success")
    return redirect(url_for("rooms.about", slug=slug), code=303)


@bp.route("/invitations/<string(maxlength=100):token>", methods=["GET", "POST"])
@limiter.limit("60 per hour")
def invitation(token: str) -> str | Response | tuple[str, int]:
    """Show a mailed invitation to its addressee, and use it."""
    found = find_invitation(token)
    if found is None:
        raise NotFound
    actor = current_actor()
    if actor is None:
        return render_template("rooms/invitation.html", invitation=None, token=token)
    if request.method == "GET":
        return _invitation_page(found, token, JoinForm(), problem=_problem_with(actor, found))
    form, slug, name = JoinForm(), found.room.slug, found.room.name
    try:
        redeem_invitation(actor, token=token, accepted_version=form.accepted_version())
    except (Invalid, Conflict, Forbidden) as error:
        if isinstance(error, Invalid):
            form.add_errors(error)
        problem = None if isinstance(error, Invalid) else error.message
        return _invitation_page(find_invitation(token), token, form, problem=problem), error.status
    flash(f"You are a member of {name} now.", "success")
    return redirect(url_for("discussions.room_threads", slug=slug), code=303)


def _problem_with(actor: User, invitation: Invitation) -> str | None:
    decision = policies.can_redeem(actor, invitation)
    if not decision:
        return decision.reason
    return None if invitation.is_open_at(clock.now()) else INVITATION_USELESS


def _invitation_page(found: Invitation | None, token: str, form: JoinForm, *, problem: str | None) -> str:
    # Somebody who may not use the link learns nothing of the room behind it.
    shown = found if problem is None else None
    form.version.data = str(shown.room.ground_rules_version) if shown is not None else ""
    return render_template("rooms/invitation.html", invitation=shown, token=token, form=form, problem=problem)


def _about(ctx: RoomContext, form: JoinForm) -> str:
    guides = list_guides(ctx)
    membership = ctx.membership
    outdated = membership is not None and membership.rules_accepted_version != ctx.room.ground_rules_version
    form.version.data = str(ctx.room.ground_rules_version)
    return room_page(
        "rooms/about.html",
        ctx,
        form=form,
        mentors=[one for one in guides if one.role == "mentor"],
        coordinators=[one for one in guides if one.role == "coordinator"],
        state=membership.state if membership is not None else None,
        joining=policies.can_join(ctx),
        must_accept_rules=ctx.is_member and outdated,
        may_disclose=bool(policies.can_state_disclosure(ctx)),
        request_count=count_requests(ctx),
    )
