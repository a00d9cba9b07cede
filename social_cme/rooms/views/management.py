"""What coordinators do with a room: settings, requests, invitations."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms import policies
from social_cme.rooms.forms import InvitationForm, ReasonForm, RoomForm
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from social_cme.rooms.queries.members import list_open_invitations, list_requests
from social_cme.rooms.services.invitations import invite, revoke_invitation
from social_cme.rooms.services.joining import approve_request, decline_request
from social_cme.rooms.services.rooms import archive_room, edit_room, reopen_room
from social_cme.rooms.views import bp
from social_cme.rooms.views.frame import room_page
from social_cme.web.actor import require_actor


@bp.route("/rooms/<slug:slug>/settings", methods=["GET", "POST"])
@login_required
def settings(slug: str) -> str | Response | tuple[str, int]:
    """Change what is said of the room."""
    ctx = _managed(slug)
    form = _filled(ctx)
    if not form.is_submitted():
        return room_page("rooms/settings.html", ctx, form=form)
    if not form.validate():
        return room_page("rooms/settings.html", ctx, form=form), 422
    try:
        edit_room(
            ctx,
            name=form.name.data,
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
            escalation_hours=form.escalation_hours.data,
            evidence_scale=form.evidence_scale.data,
            revision=int(form.revision.data) if str(form.revision.data or "").isdecimal() else 0,
        )
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        if isinstance(error, Conflict):
            form.revision.data = str(ctx.room.revision)
        return room_page("rooms/settings.html", ctx, form=form, is_conflict=isinstance(error, Conflict)), error.status
    flash("The room is changed.", "success")
    return redirect(url_for("rooms.about", slug=slug), code=303)


@bp.post("/rooms/<slug:slug>/archive")
@login_required
def archive(slug: str) -> Response:
    """Close the room for writing."""
    archive_room(_managed(slug))
    flash("The room is archived. It can still be read.", "success")
    return redirect(url_for("rooms.settings", slug=slug), code=303)


@bp.post("/rooms/<slug:slug>/reopen")
@login_required
def reopen(slug: str) -> Response:
    """Open an archived room for writing again."""
    reopen_room(_managed(slug))
    flash("The room is open again.", "success")
    return redirect(url_for("rooms.settings", slug=slug), code=303)


@bp.get("/rooms/<slug:slug>/requests")
@login_required
def requests(slug: str) -> str:
    """Show who asks to be let in."""
    return _requests_page(_managed(slug))


@bp.post("/rooms/<slug:slug>/requests/<id:user_id>/approve")
@login_required
def approve(slug: str, user_id: int) -> Response:
    """Let somebody in."""
    try:
        approve_request(_managed(slug), user_id=user_id)
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash("The person is a member now and gets a mail.", "success")
    return redirect(url_for("rooms.requests", slug=slug), code=303)


@bp.post("/rooms/<slug:slug>/requests/<id:user_id>/decline")
@login_required
def decline(slug: str, user_id: int) -> Response | tuple[str, int]:
    """Decline a request with a reason."""
    ctx = _managed(slug)
    form = ReasonForm()
    if not form.validate():
        return _requests_page(ctx, declining=user_id, form=form), 422
    try:
        decline_request(ctx, user_id=user_id, reason=form.reason.data)
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash("The request is declined.", "success")
    return redirect(url_for("rooms.requests", slug=slug), code=303)


@bp.route("/rooms/<slug:slug>/invitations", methods=["GET", "POST"])
@login_required
@limiter.limit("100 per hour", methods=["POST"])
def invitations(slug: str) -> str | Response | tuple[str, int]:
    """Show the open invitations, and send another."""
    ctx = _managed(slug)
    form = InvitationForm()
    if not form.is_submitted():
        return _invitations_page(ctx, form)
    if not form.validate():
        return _invitations_page(ctx, form), 422
    try:
        invite(ctx, email=form.email.data, role=form.role.data, client_id=form.client_id.data or None)
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _invitations_page(ctx, form), error.status
    flash(f"An invitation is on its way to {form.email.data}.", "success")
    return redirect(url_for("rooms.invitations", slug=slug), code=303)


@bp.post("/rooms/<slug:slug>/invitations/<id:invitation_id>/withdraw")
@login_required
def withdraw_invitation(slug: str, invitation_id: int) -> Response:
    """Make a mailed link useless."""
    revoke_invitation(_managed(slug), invitation_id=invitation_id)
    flash("The invitation is withdrawn; its link does not work any more.", "success")
    return redirect(url_for("rooms.invitations", slug=slug), code=303)


def _managed(slug: str) -> RoomContext:
    ctx = open_room(require_actor(), slug)
    require(policies.can_manage_room(ctx))
    return ctx


def _filled(ctx: RoomContext) -> RoomForm:
    room = ctx.room
    form = RoomForm(
        name=room.name,
        specialty=room.specialty,
        summary=room.summary,
        description=room.description_md,
        practice_gap=room.practice_gap,
        agenda=room.agenda_md,
        objectives="\n".join(room.objectives),
        ground_rules=room.ground_rules_md,
        visibility=room.visibility,
        professions=list(room.professions),
        verified_only=room.verified_only,
        post_first=room.post_first,
        escalation_hours=room.escalation_hours,
        evidence_scale=room.evidence_scale,
        revision=str(room.revision),
    )
    # The address stays: links to the room stand in mails, bookmarks and papers.
    del form.slug
    return form


def _requests_page(ctx: RoomContext, *, declining: int | None = None, form: ReasonForm | None = None) -> str:
    page = list_requests(ctx, cursor=request.args.get("after"))
    more = url_for("rooms.requests", slug=ctx.room.slug, after=page.next_cursor) if page.next_cursor else None
    chosen = declining or request.args.get("decline", type=int)
    return room_page(
        "rooms/requests.html", ctx, page=page, older_url=more, declining=chosen, form=form or ReasonForm(formdata=None)
    )


def _invitations_page(ctx: RoomContext, form: InvitationForm) -> str:
    return room_page("rooms/invitations.html", ctx, form=form, invitations=list_open_invitations(ctx))
