"""Personal access tokens for the REST API."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.forms import TokenForm
from social_cme.accounts.models import AccessToken
from social_cme.accounts.policies import can_create_token
from social_cme.accounts.queries import list_access_tokens
from social_cme.accounts.services import access_tokens
from social_cme.accounts.views import bp
from social_cme.accounts.views.answers import show_refusal
from social_cme.core.errors import AppError
from social_cme.core.ids import new_token
from social_cme.extensions import limiter
from social_cme.web.actor import require_actor


@bp.get("/account/tokens")
@login_required
def list_tokens() -> str:
    """List one's access tokens and offer a form for another."""
    return _page(TokenForm())


@bp.post("/account/tokens")
@login_required
@limiter.limit("30 per hour")
def create_token() -> tuple[str, int]:
    """Make a token and show its secret, this once."""
    form = TokenForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        token, secret = access_tokens.create_access_token(
            require_actor(),
            name=form.name.data,
            scopes=[form.scopes.data],
            days=int(form.days.data),
            client_id=form.client_id.data or None,
        )
    except AppError as error:
        status = show_refusal(form, error)
        return _page(form), status
    return _page(TokenForm(formdata=None), created=token, secret=secret), 201


@bp.post("/account/tokens/<id:token_id>/revoke")
@login_required
def revoke_token(token_id: int) -> Response:
    """Revoke a token; programs that use it are refused from now on."""
    access_tokens.revoke_access_token(require_actor(), token_id)
    flash("The token is revoked.", "success")
    return redirect(url_for("accounts.list_tokens"))


def _page(form: TokenForm, *, created: AccessToken | None = None, secret: str | None = None) -> str:
    actor = require_actor()
    # A fresh name for each form: sending it twice makes one token, not two.
    form.client_id.data = new_token()[:32]
    return render_template(
        "accounts/list_tokens.html",
        form=form,
        tokens=list_access_tokens(actor),
        may_create=can_create_token(actor),
        created=created,
        secret=secret,
    )
