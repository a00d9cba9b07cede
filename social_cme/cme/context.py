"""Tells the frame of a room's pages whether to lead to the room's ledger."""

from __future__ import annotations

from flask import Flask

from social_cme.cme.policies import decide_on_ledger
from social_cme.rooms.models import Membership
from social_cme.web.actor import current_actor


def bind(app: Flask) -> None:
    """Give the templates ``sees_participation(membership)``."""

    @app.template_global()
    def sees_participation(membership: Membership | None) -> bool:
        return bool(decide_on_ledger(current_actor(), membership))
