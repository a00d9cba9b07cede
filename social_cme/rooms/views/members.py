"""The members of a room, and what coordinators change about one of them."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.queries import find_verification
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.rooms import policies
from social_cme.rooms.forms import DisclosureForm, ReasonForm, RoleForm, VerificationForm
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room, read_room
from social_cme.rooms.queries.members import access_member, list_banned, list_members
from social_cme.rooms.rules import WORDS_LIMIT
from social_cme.rooms.services.members import (
    ban_member,
    lift_ban,
    remove_member,
    set_role,
    state_disclosure,
    unverify_member,
    verify_member,
)
from social_cme.rooms.views import bp
from social_cme.rooms.views.frame import room_page
from social_cme.web.actor import current_actor, require_actor


@bp.get("/rooms/<slug:slug>/members")
def members(slug: str) -> str:
    """Show who is in the room."""
    ctx = read_room(current_actor(), slug)
    words = request.args.get("q", "")[:WORDS_LIMIT]
    page = list_members(ctx, words=words, cursor=request.args.get("after"))
    more = url_for("rooms.members", slug=slug, q=words or None, after=page.next_cursor) if page.next_cursor else None
    return room_page("rooms/members.html", ctx, page=page, words=words, older_url=more)


@bp.get("/rooms/<slug:slug>/members/banned")
@login_required
def banned(slug: str) -> str:
    """Show who was shut out, and why."""
    ctx = open_room(require_actor(), slug)
    page = list_banned(ctx, cursor=request.args.get("after"))
    more = url_for("rooms.banned", slug=slug, after=page.next_cursor) if page.next_cursor else None
    return room_page("rooms/banned.html", ctx, page=page, older_url=more)


@bp.get("/rooms/<slug:slug>/members/<id:user_id>")
@login_required
def manage_member(slug: str, user_id: int) -> str:
    """Show the form with which a coordinator changes a role or ends a membership."""
    ctx = _managed(slug)
    return _member_page(ctx, user_id)


@bp.post("/rooms/<slug:slug>/members/<id:user_id>/role")
@login_required
def change_role(slug: str, user_id: int) -> Response | tuple[str, int]:
    """Give a member another role."""
    ctx = _managed(slug)
    form = RoleForm()
    if not form.validate():
        return _member_page(ctx, user_id, role_form=form), 422
    try:
        set_role(ctx, user_id=user_id, role=form.role.data)
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _member_page(ctx, user_id, role_form=form), error.status
    flash("The role is changed.", "success")
    if user_id == require_actor().id:
        return redirect(url_for("rooms.members", slug=slug), code=303)
    return redirect(url_for("rooms.manage_member", slug=slug, user_id=user_id), code=303)


@bp.post("/rooms/<slug:slug>/members/<id:user_id>/remove")
@login_required
def remove(slug: str, user_id: int) -> Response | tuple[str, int]:
    """End somebody's membership."""
    return _end(slug, user_id, ban=False)


@bp.post("/rooms/<slug:slug>/members/<id:user_id>/ban")
@login_required
def ban(slug: str, user_id: int) -> Response | tuple[str, int]:
    """Shut somebody out."""
    return _end(slug, user_id, ban=True)


@bp.post("/rooms/<slug:slug>/members/<id:user_id>/verify")
@login_required
def verify(slug: str, user_id: int) -> Response | tuple[str, int]:
    """Mark a member's profession as verified."""
    ctx = _managed(slug)
    form = VerificationForm()
    if not form.validate():
        return _member_page(ctx, user_id, verification_form=form), 422
    try:
        verify_member(ctx, user_id=user_id, evidence=form.evidence.data)
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _member_page(ctx, user_id, verification_form=form), error.status
    flash("The profession is verified now. It shows beside the name.", "success")
    return redirect(url_for("rooms.manage_member", slug=slug, user_id=user_id), code=303)


@bp.post("/rooms/<slug:slug>/members/<id:user_id>/unverify")
@login_required
def unverify(slug: str, user_id: int) -> Response:
    """Take a verification back."""
    try:
        unverify_member(_managed(slug), user_id=user_id)
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash("The profession is no longer verified.", "success")
    return redirect(url_for("rooms.manage_member", slug=slug, user_id=user_id), code=303)


@bp.post("/rooms/<slug:slug>/members/<id:user_id>/readmit")
@login_required
def readmit(slug: str, user_id: int) -> Response:
    """Lift a ban."""
    ctx = _managed(slug)
    try:
        lift_ban(ctx, user_id=user_id)
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash("The ban is lifted. The person can join again.", "success")
    return redirect(url_for("rooms.banned", slug=slug), code=303)


@bp.route("/rooms/<slug:slug>/disclosure", methods=["GET", "POST"])
@login_required
def disclosure(slug: str) -> str | Response | tuple[str, int]:
    """State one's relevant relationships."""
    ctx = open_room(require_actor(), slug)
    require(policies.can_state_disclosure(ctx))
    form = DisclosureForm(disclosure=ctx.membership.disclosure if ctx.membership is not None else "")
    if not form.is_submitted():
        return room_page("rooms/disclosure.html", ctx, form=form)
    if not form.validate():
        return room_page("rooms/disclosure.html", ctx, form=form), 422
    state_disclosure(ctx, disclosure=form.disclosure.data)
    flash("Your disclosure is shown beside your name now.", "success")
    return redirect(url_for("rooms.about", slug=slug), code=303)


def _managed(slug: str) -> RoomContext:
    ctx = open_room(require_actor(), slug)
    require(policies.can_manage_room(ctx))
    return ctx


def _end(slug: str, user_id: int, *, ban: bool) -> Response | tuple[str, int]:
    ctx = _managed(slug)
    form = ReasonForm()
    if not form.validate():
        return _member_page(ctx, user_id, reason_form=form), 422
    try:
        service = ban_member if ban else remove_member
        service(ctx, user_id=user_id, reason=form.reason.data)
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _member_page(ctx, user_id, reason_form=form), error.status
    flash("The person is banned from this room." if ban else "The person is no longer a member.", "success")
    return redirect(url_for("rooms.members", slug=slug), code=303)


def _member_page(
    ctx: RoomContext,
    user_id: int,
    *,
    role_form: RoleForm | None = None,
    reason_form: ReasonForm | None = None,
    verification_form: VerificationForm | None = None,
) -> str:
    member = access_member(ctx, user_id)
    role_form = role_form or RoleForm(formdata=None)
    if not role_form.errors:
        role_form.role.data = member.role
    return room_page(
        "rooms/member.html",
        ctx,
        member=member,
        role_form=role_form,
        reason_form=reason_form or ReasonForm(formdata=None),
        verification=find_verification(member.user),
        verification_form=verification_form or VerificationForm(formdata=None),
        verifying=policies.can_verify(ctx, member),
    )
