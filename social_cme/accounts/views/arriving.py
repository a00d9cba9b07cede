"""Registering, confirming the address, logging in and out."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug import Response as BaseResponse

from social_cme.accounts.forms import ConfirmAtHomeForm, ConfirmForm, EmailForm, LoginForm, RegisterForm
from social_cme.accounts.identity import log_out
from social_cme.accounts.services import registration
from social_cme.accounts.services.authentication import check_credentials
from social_cme.accounts.services.mailed_links import LinkIsOver
from social_cme.accounts.views import bp
from social_cme.accounts.views.answers import browser_key, caller_address, show_refusal, start_session, wanted_page
from social_cme.core.errors import AppError
from social_cme.extensions import limiter
from social_cme.web.actor import current_actor

Page = str | tuple[str, int] | BaseResponse


def _was_refused(response: Response) -> bool:
    return response.status_code != 302


@bp.route("/register", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"])
def register() -> Page:
    """Open an account; the answer is the same whether the address is new or known."""
    if current_actor() is not None:
        return redirect(url_for("home.index"))
    if current_app.extensions["settings"].registration == "closed":
        return render_template("accounts/registration_closed.html"), 403
    form = RegisterForm()
    status = 200
    if form.validate_on_submit():
        try:
            registration.register(
                email=form.email.data,
                display_name=form.display_name.data,
                password=form.password.data,
                time_zone=form.time_zone.data or "UTC",
                browser_key=browser_key(make=True),
            )
        except AppError as error:
            status = show_refusal(form, error)
        else:
            return render_template("accounts/check_mail.html", email=form.email.data.strip(), purpose="register")
    elif form.is_submitted():
        status = 422
    return render_template("accounts/register.html", form=form), status


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"])
def confirm(token: str) -> Page:
    """Confirm an address: in the browser that registered with a button, elsewhere with the password."""
    actor, key = current_actor(), browser_key()
    user, is_at_home = registration.open_confirmation(token, actor=actor, browser_key=key)
    form = ConfirmAtHomeForm() if is_at_home else ConfirmForm()
    status = 200
    if form.validate_on_submit():
        try:
            if not is_at_home:
                actor = check_credentials(email=user.email, password=form.password.data, address=caller_address())
            user = registration.confirm_email(token, actor=actor, browser_key=key)
        except LinkIsOver:
            raise
        except AppError as error:
            status = show_refusal(form, error)
        else:
            flash("Your address is confirmed. You can join rooms and write.", "success")
            is_logged_in = current_actor() == user
            return redirect(url_for("accounts.welcome") if is_logged_in else start_session(user, wanted_page()))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/confirm.html", form=form, email=user.email, is_at_home=is_at_home), status


@bp.route("/confirm", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
def resend_confirmation() -> Page:
    """Mail the confirmation link again; the answer is the same for every address."""
    actor = current_actor()
    if actor is not None and actor.is_confirmed:
        return redirect(url_for("home.index"))
    form = EmailForm(data={"email": actor.email} if actor is not None else None)
    if form.validate_on_submit():
        registration.resend_confirmation(email=form.email.data, browser_key=browser_key(make=True))
        return render_template("accounts/check_mail.html", email=form.email.data.strip(), purpose="confirm")
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/resend_confirmation.html", form=form), status


@bp.route("/login", methods=["GET", "POST"])
@limiter.limit("30 per 15 minutes", methods=["POST"], deduct_when=_was_refused)
def login() -> Page:
    """Log in with an address and a password."""
    if current_actor() is not None:
        return redirect(wanted_page())
    form = LoginForm()
    status, headers = 200, {}
    if form.validate_on_submit():
        try:
            user = check_credentials(email=form.email.data, password=form.password.data, address=caller_address())
        except AppError as error:
            status = show_refusal(form, error)
            headers = _retry_header(error)
        else:
            return redirect(start_session(user, wanted_page()))
    elif form.is_submitted():
        status = 422
    page = render_template("accounts/login.html", form=form, next=request.args.get("next"))
    return Response(page, status=status, headers=headers, mimetype="text/html")


@bp.post("/logout")
def logout() -> BaseResponse:
    """End the log-in of this browser."""
    log_out()
    flash("You are logged out.", "success")
    return redirect(url_for("home.index"))


def _retry_header(error: Any) -> dict[str, str]:
    seconds = getattr(error, "retry_after", None)
    return {"Retry-After": str(seconds)} if seconds is not None else {}
