"""The pseudonyms that one may write under."""

from __future__ import annotations

from social_cme.core.permissions import require
from social_cme.discussions.api import ROOM, bp
from social_cme.discussions.policies import can_post_thread
from social_cme.discussions.queries.pseudonyms import list_pseudonyms
from social_cme.discussions.rules.pseudonyms import WHO_SEES_THROUGH, warning
from social_cme.discussions.schemas.pseudonyms import PseudonymList, PseudonymOut
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.api import endpoint


@endpoint(bp, f"{ROOM}/pseudonyms", "GET", result=PseudonymList)
def show_pseudonyms(slug: str) -> PseudonymList:
    """List the lines that you can write under here, the finest first, and who can see through them."""
    ctx = read_room(require_actor(), slug)
    require(can_post_thread(ctx))
    offers = list_pseudonyms(ctx)
    return PseudonymList(
        items=[
            PseudonymOut(
                level=one.line.level, line=one.line.text, is_verified=one.line.is_verified, is_narrow=one.is_narrow
            )
            for one in offers
        ],
        who_sees_through=WHO_SEES_THROUGH,
        warning=warning(offers),
    )
