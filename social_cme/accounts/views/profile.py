"""What people say about themselves: asked once after the first log-in, edited later, read by everybody."""

from __future__ import annotations

from types import SimpleNamespace

from flask import flash, redirect, render_template, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.forms import ProfileForm, WelcomeForm
from social_cme.accounts.models import User
from social_cme.accounts.queries import access_profile
from social_cme.accounts.services.profile import ProfileChanges, update_profile
from social_cme.accounts.views import bp
from social_cme.accounts.views.answers import show_refusal, wanted_page
from social_cme.core.errors import AppError
from social_cme.web.actor import current_actor, require_actor

Page = str | tuple[str, int] | Response


@bp.route("/welcome", methods=["GET", "POST"])
@login_required
def welcome() -> Page:
    """Ask a new member for profession, specialty, career stage and time zone."""
    actor = require_actor()
    form = WelcomeForm(obj=_shown(actor))
    status = 200
    if form.validate_on_submit():
        try:
            update_profile(actor, changes=_said(form))
        except AppError as error:
            status = show_refusal(form, error)
        else:
            flash("Thank you. You can change this at any time in your profile.", "success")
            return redirect(wanted_page())
    elif form.is_submitted():
        status = 422
    return render_template("accounts/welcome.html", form=form, later=wanted_page()), status


@bp.route("/account/profile", methods=["GET", "POST"])
@login_required
def edit_profile() -> Page:
    """Edit one's own profile."""
    actor = require_actor()
    form = ProfileForm(obj=_shown(actor))
    status = 200
    if form.validate_on_submit():
        changes = _said(form)
        changes["display_name"] = form.display_name.data
        changes["bio"] = form.bio.data or ""
        changes["training_year"] = int(form.training_year.data) if form.training_year.data else None
        try:
            update_profile(actor, changes=changes)
        except AppError as error:
            status = show_refusal(form, error)
        else:
            flash("Your profile is saved.", "success")
            return redirect(url_for("accounts.edit_profile"))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/edit_profile.html", form=form), status


@bp.get("/people/<id:user_id>")
def show_profile(user_id: int) -> str:
    """Show what a member says about themselves."""
    person = access_profile(current_actor(), user_id)
    return render_template("accounts/show_profile.html", person=person)


def _shown(actor: User) -> SimpleNamespace:
    """Return the person as the forms show them."""
    return SimpleNamespace(
        display_name=actor.display_name,
        profession=actor.profession or "",
        specialty=actor.specialty or "",
        career_stage=actor.career_stage or "",
        training_year=str(actor.training_year or ""),
        time_zone=actor.time_zone,
        bio=actor.bio,
        interests=", ".join(actor.interests),
    )


def _said(form: WelcomeForm) -> ProfileChanges:
    return ProfileChanges(
        profession=form.profession.data,
        specialty=form.specialty.data,
        career_stage=form.career_stage.data,
        time_zone=form.time_zone.data,
        interests=form.interest_list(),
    )
