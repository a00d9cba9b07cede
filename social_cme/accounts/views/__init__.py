"""The pages of accounts: arriving, passwords, profile, devices, access tokens.

Rule: a page that is opened with a mailed link never gives the link away, and opening it changes nothing; its button does.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from social_cme.accounts.services.mailed_links import LinkIsOver

bp = Blueprint("accounts", __name__)

_OPENED_BY_MAIL = frozenset({"accounts.confirm", "accounts.reset_password", "accounts.confirm_email_change"})


@bp.after_request
def _keep_links_private(response: Response) -> Response:
    # The site's name alone is sent along, never the path with the link's secret. "no-referrer" would hide that too, and the
    # CSRF check of an https site asks for it.
    if request.endpoint in _OPENED_BY_MAIL:
        response.headers["Referrer-Policy"] = "strict-origin"
    return response


@bp.errorhandler(LinkIsOver)
def _link_is_over(error: LinkIsOver) -> tuple[str, int]:
    return render_template("accounts/link_over.html", purpose=(request.endpoint or "").partition(".")[2]), error.status


# The pages attach themselves to the blueprint when they are imported.
from social_cme.accounts.views import arriving, passwords, profile, sessions, tokens  # noqa: E402

__all__ = ["arriving", "bp", "passwords", "profile", "sessions", "tokens"]
