"""The check through the API, as an author writes, and the moderators' second look."""

from __future__ import annotations

from social_cme.core.permissions import require
from social_cme.privacy.queries.checks import list_attested
from social_cme.privacy.queries.looking import look_through
from social_cme.privacy.rules.refusal import shown
from social_cme.privacy.schemas import AttestedOut, AttestedPage, CheckIn, CheckOut, FindingOut
from social_cme.privacy.services.reviewing import mark_reviewed
from social_cme.rooms.policies import can_moderate
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, PageQuery, blueprint, endpoint

bp = blueprint("privacy")
ATTESTED = "/rooms/<slug:slug>/moderation/identifiers"


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


@endpoint(bp, ATTESTED, "GET", result=AttestedPage, query=PageQuery, errors=(422,))
def list_all_attested(slug: str, query: PageQuery) -> AttestedPage:
    """List what was published as attested and waits for a second look; for moderators."""
    ctx = read_room(require_actor(), slug)
    require(can_moderate(ctx))
    page = list_attested(ctx, cursor=query.cursor, limit=query.limit)
    return AttestedPage(items=[AttestedOut.model_validate(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(bp, f"{ATTESTED}/<id:check_id>/review", "PUT", result=AttestedOut, scope=ApiScope.WRITE)
def review(slug: str, check_id: int) -> AttestedOut:
    """Note that a moderator looked at an attested text; doing it again changes nothing."""
    return AttestedOut.model_validate(mark_reviewed(read_room(require_actor(), slug), check_id=check_id))
