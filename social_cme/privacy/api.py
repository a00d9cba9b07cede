"""The check through the API, as an author writes."""

from __future__ import annotations

from social_cme.privacy.queries.looking import look_through
from social_cme.privacy.rules.refusal import shown
from social_cme.privacy.schemas import CheckIn, CheckOut, FindingOut
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, blueprint, endpoint

bp = blueprint("privacy")


@endpoint(bp, "/privacy/check", "POST", result=CheckOut, body=CheckIn, scope=ApiScope.READ, errors=(422,))
def check(body: CheckIn) -> CheckOut:
    """Say what in a text could identify a patient; nothing of it is kept. This is no legal assessment."""
    actor = require_actor()
    ctx = read_room(actor, body.room) if body.room else None
    found = look_through(actor, ctx, body.parts)
    return CheckOut(
        blocks=any(one.finding.blocks for one in found),
        findings=[FindingOut(**shown(one, body.parts[one.field])) for one in found],
    )
