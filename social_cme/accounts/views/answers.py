"""What the account pages share: a refused form, a started log-in, the secret of a browser."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, flash, request, session, url_for

from social_cme.accounts.identity import log_in
from social_cme.accounts.models import User
from social_cme.core.errors import AppError, Invalid
from social_cme.core.ids import new_token
from social_cme.web.forms import Form
from social_cme.web.redirects import safe_next

_BROWSER = "browser_key"


def show_refusal(form: Form, error: AppError) -> int:
    """Put a service's refusal into the form and return the status to answer with."""
    if isinstance(error, Invalid):
        form.add_errors(error)
    else:
        form.form_errors.append(error.message)
    return error.status


def caller_address() -> str:
    """Return the network address of the caller; a forwarded one counts only from the configured proxies."""
    return request.remote_addr or ""


def browser_key(*, make: bool = False) -> str | None:
    """Return the secret that ties a registration to this browser, a fresh one if *make* and there is none."""
    if make and _BROWSER not in session:
        session[_BROWSER] = new_token()
        session.permanent = True
    found: str | None = session.get(_BROWSER)
    return found


def wanted_page() -> str:
    """Return the page to go to after logging in: the one asked for, when it is a page of this site."""
    return safe_next(request.args.get("next"), default=url_for("home.index"))


def start_session(user: User, target: str) -> str:
    """Log *user* in on this browser and return where to go: first to what is still missing, then to *target*."""
    days = current_app.extensions["settings"].session_days
    log_in(user, lifetime=timedelta(days=days))
    if not user.is_confirmed:
        flash("You are logged in. Confirm your e-mail address to join rooms and to write.", "warning")
        return url_for("accounts.resend_confirmation")
    if not user.has_profile:
        return url_for("accounts.welcome", next=target if target != url_for("home.index") else None)
    return target
