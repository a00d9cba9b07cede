"""One's own drafts, by the place they belong to: ``room:4:case``, ``thread:9:answer``, ``post:31:edit``."""

from __future__ import annotations

from social_cme.core.errors import NotFound
from social_cme.discussions.api import bp
from social_cme.discussions.queries import drafts as queries
from social_cme.discussions.schemas.incoming import DraftIn
from social_cme.discussions.schemas.shown import DraftList, DraftOut
from social_cme.discussions.services import drafts
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint

DRAFT = "/drafts/<string(maxlength=60):place>"
WRITE = ApiScope.WRITE


@endpoint(bp, "/drafts", "GET", result=DraftList, query=PageQuery, errors=(422,))
def list_drafts(query: PageQuery) -> DraftList:
    """List your drafts, the youngest first."""
    page = queries.list_drafts(require_actor().id, cursor=query.cursor, limit=query.limit)
    return DraftList(items=[DraftOut.model_validate(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(bp, DRAFT, "GET", result=DraftOut)
def show_draft(place: str) -> DraftOut:
    """Show your draft at a place."""
    draft = queries.find_draft(require_actor().id, place)
    if draft is None:
        raise NotFound
    return DraftOut.model_validate(draft)


@endpoint(bp, DRAFT, "PUT", result=DraftOut, body=DraftIn, scope=WRITE, errors=(422,))
def save_draft(place: str, body: DraftIn) -> DraftOut:
    """Keep a draft. When another window saved meanwhile, the answer is 409 with its texts and revision in ``fields``."""
    draft = drafts.save_draft(require_actor(), place=place, content=dict(body.content), revision=body.revision)
    return DraftOut.model_validate(draft)


@endpoint(bp, DRAFT, "DELETE", result=None, status=204, scope=WRITE)
def discard_draft(place: str) -> None:
    """Throw a draft away; none is fine too."""
    drafts.discard_draft(require_actor(), place=place)
