"""Forgotten, reset and changed passwords, and another e-mail address."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.enums import TokenPurpose
from social_cme.accounts.forms import (
    ChangeEmailForm,
    ChangePasswordForm,
    ConfirmAtHomeForm,
    EmailForm,
    ResetPasswordForm,
)
from social_cme.accounts.identity import current_login_id
from social_cme.accounts.services import email_change, recovery
from social_cme.accounts.services.mailed_links import LinkIsOver, access_link
from social_cme.accounts.views import bp
from social_cme.accounts.views.answers import caller_address, show_refusal
from social_cme.core.errors import AppError
from social_cme.extensions import limiter
from social_cme.web.actor import current_actor, require_actor

Page = str | tuple[str, int] | Response


@bp.route("/forgot-password", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
def forgot_password() -> Page:
    """Mail a link to set a new password; the answer is the same for every address."""
    form = EmailForm()
    if form.validate_on_submit():
        recovery.request_password_reset(email=form.email.data)
        return render_template("accounts/check_mail.html", email=form.email.data.strip(), purpose="reset")
    return render_template("accounts/forgot_password.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
def reset_password(token: str) -> Page:
    """Set a new password with a mailed link."""
    link = access_link(TokenPurpose.RESET_PASSWORD, token)
    form = ResetPasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            recovery.reset_password(token, password=form.password.data)
        except LinkIsOver:
            raise
        except AppError as error:
            status = show_refusal(form, error)
        else:
            flash("Your new password is set, and every device was logged out. Log in with the new password.", "success")
            return redirect(url_for("accounts.login"))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/reset_password.html", form=form, email=link.user.email), status


@bp.route("/account/password", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per hour", methods=["POST"])
def change_password() -> Page:
    """Change one's password; all other log-ins end."""
    actor = require_actor()
    form = ChangePasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            ended = recovery.change_password(
                actor,
                current_password=form.current_password.data,
                new_password=form.new_password.data,
                address=caller_address(),
                keep_login_id=current_login_id(),
            )
        except AppError as error:
            status = show_refusal(form, error)
        else:
            others = {0: "", 1: " One other device was logged out."}.get(
                ended, f" {ended} other devices were logged out."
            )
            flash(f"Your password is changed.{others}", "success")
            return redirect(url_for("accounts.change_password"))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/change_password.html", form=form), status


@bp.route("/account/email", methods=["GET", "POST"])
@login_required
@limiter.limit("20 per hour", methods=["POST"])
def change_email() -> Page:
    """Ask for another e-mail address; it is taken over when the link mailed there is used."""
    actor = require_actor()
    form = ChangeEmailForm()
    status = 200
    if form.validate_on_submit():
        try:
            new = email_change.request_email_change(
                actor, email=form.email.data, password=form.password.data, address=caller_address()
            )
        except AppError as error:
            status = show_refusal(form, error)
        else:
            return render_template("accounts/check_mail.html", email=new, purpose="change_email")
    elif form.is_submitted():
        status = 422
    return render_template("accounts/change_email.html", form=form), status


@bp.route("/account/email/<token>", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per hour", methods=["POST"])
def confirm_email_change(token: str) -> Page:
    """Take a new address over."""
    actor = require_actor()
    email = email_change.new_address_of(actor, token)
    form = ConfirmAtHomeForm()
    if form.validate_on_submit():
        email_change.confirm_email_change(actor, token)
        flash(f"Your e-mail address is {email} from now on.", "success")
        return redirect(url_for("accounts.change_email"))
    return render_template("accounts/confirm_email_change.html", form=form, email=email, person=current_actor())
