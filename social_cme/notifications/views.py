"""The pages of the inbox and of what comes by e-mail."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import BadRequest
from social_cme.notifications.enums import MAILED
from social_cme.notifications.forms import MailForm, MarkForm
from social_cme.notifications.queries import list_mail_choices, list_notices, newest_id
from social_cme.notifications.services import inbox
from social_cme.web.actor import require_actor

bp = Blueprint("notifications", __name__)


@bp.get("/notifications")
@login_required
def index() -> str:
    """Show one's notices, the newest first."""
    page = list_notices(require_actor(), cursor=request.args.get("before"))
    return render_template("notifications/index.html", page=page, newest=newest_id(page.items))


@bp.post("/notifications/read")
@login_required
def mark_all_read() -> Response:
    """Mark everything that the page showed, and what is older, as read."""
    form = MarkForm()
    if not form.validate_on_submit():
        raise BadRequest
    inbox.mark_all_read(require_actor(), up_to=int(form.up_to.data or 0))
    return redirect(url_for(".index"), code=303)


@bp.post("/notifications/<id:notice_id>/read")
@login_required
def mark_read(notice_id: int) -> Response:
    """Mark one notice as read."""
    inbox.mark_read(require_actor(), ids=[notice_id])
    return redirect(url_for(".index"), code=303)


@bp.route("/settings/notifications", methods=["GET", "POST"])
@login_required
def settings() -> str | Response:
    """Show and change what comes by e-mail."""
    actor = require_actor()
    form = MailForm(data={str(kind): value for kind, value in list_mail_choices(actor).items()})
    if form.validate_on_submit():
        inbox.choose_mail(actor, {str(kind): bool(form[str(kind)].data) for kind in MAILED})
        flash("Saved.", "success")
        return redirect(url_for(".settings"), code=303)
    return render_template("notifications/settings.html", form=form, kinds=list(MAILED))
