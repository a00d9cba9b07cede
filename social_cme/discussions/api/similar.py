"""What resembles a thread that is being written."""

from __future__ import annotations

from social_cme.core.permissions import require
from social_cme.discussions.api import ROOM, bp
from social_cme.discussions.policies import can_post_thread
from social_cme.discussions.queries.similar import find_similar
from social_cme.discussions.schemas.structure import SimilarIn, SimilarList, SimilarOut
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.api import endpoint


@endpoint(bp, f"{ROOM}/similar", "POST", result=SimilarList, body=SimilarIn, errors=(422,))
def list_similar(slug: str, body: SimilarIn) -> SimilarList:
    """List threads of this room and of public rooms that resemble a new one, the most alike first; nothing is kept."""
    ctx = read_room(require_actor(), slug)
    require(can_post_thread(ctx))
    found = find_similar(ctx, title=body.title, text=body.text)
    return SimilarList(items=[SimilarOut.model_validate(one) for one in found])
