"""The devices on which somebody is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.identity import current_login_id
from social_cme.accounts.queries import list_logins
from social_cme.accounts.rules.devices import device_name
from social_cme.accounts.services.logins import end_all_logins, end_login
from social_cme.accounts.views import bp
from social_cme.web.actor import require_actor


@dataclass(frozen=True, slots=True)
class Device:
    """A log-in as its owner recognizes it."""

    id: int
    name: str
    address: str
    last_seen_at: datetime
    created_at: datetime
    is_current: bool


@bp.get("/account/devices")
@login_required
def list_sessions() -> str:
    """List the devices on which one is logged in, this one first."""
    here = current_login_id()
    devices = [
        Device(
            id=login.id,
            name=device_name(login.user_agent),
            address=login.address,
            last_seen_at=login.last_seen_at,
            created_at=login.created_at,
            is_current=login.id == here,
        )
        for login in list_logins(require_actor())
    ]
    devices.sort(key=lambda device: not device.is_current)
    return render_template("accounts/list_sessions.html", devices=devices)


@bp.post("/account/devices/<id:session_id>/end")
@login_required
def end_session(session_id: int) -> Response:
    """Log one device out."""
    end_login(require_actor(), session_id)
    flash("The device is logged out.", "success")
    return redirect(url_for("accounts.list_sessions"))


@bp.post("/account/devices/end-others")
@login_required
def end_other_sessions() -> Response:
    """Log every device out but this one."""
    ended = end_all_logins(require_actor(), except_id=current_login_id())
    words = {0: "No other device was logged in.", 1: "One other device is logged out."}
    flash(words.get(ended, f"{ended} other devices are logged out."), "success")
    return redirect(url_for("accounts.list_sessions"))
