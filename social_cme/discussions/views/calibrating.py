"""One's own calibration: the Brier score over time and the reliability of the shares one gave.

Rule: the address names nobody. Whoever is logged in sees their own, and there is no other.
"""

from __future__ import annotations

from flask import Response, render_template
from flask_login import login_required

from social_cme.core import clock
from social_cme.discussions.queries.calibration import my_calibration
from social_cme.discussions.views import bp
from social_cme.web.actor import require_actor
from social_cme.web.downloads import csv_download


@bp.get("/calibration")
@login_required
def calibration() -> str:
    """Show how good one's probabilities were."""
    return render_template("discussions/calibration.html", found=my_calibration(require_actor()))


@bp.get("/calibration.csv")
@login_required
def calibration_csv() -> Response:
    """Download one's own ballots with their scores."""
    found = my_calibration(require_actor())
    header = [
        "Voted at (UTC)",
        "Room",
        "Case",
        "Step",
        "Right diagnosis",
        "Share given to it (%)",
        "Brier score",
        "Mean so far",
    ]
    rows = (
        (
            clock.iso(one.forecast.at),
            one.room_name,
            one.title,
            one.position,
            one.right_text,
            one.right_share,
            round(one.forecast.score, 4),
            round(one.running, 4),
        )
        for one in found.ballots
    )
    return csv_download("calibration.csv", header, [rows])
