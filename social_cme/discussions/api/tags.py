"""Tags: suggestions while one types, what a thread is about, and the threads that are about something."""

from __future__ import annotations

from social_cme.core.errors import NotFound
from social_cme.discussions.api import THREAD, bp
from social_cme.discussions.queries import tags as queries
from social_cme.discussions.queries.pages import thread_view
from social_cme.discussions.schemas.shown import ThreadOut
from social_cme.discussions.schemas.structure import (
    SuggestionOut,
    SuggestionQuery,
    Suggestions,
    TaggedOut,
    TaggedThreads,
    TagsIn,
)
from social_cme.discussions.services.tagging import tag_thread
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint


@endpoint(bp, "/tags", "GET", result=Suggestions, query=SuggestionQuery, public=True, errors=(422,))
def suggest(query: SuggestionQuery) -> Suggestions:
    """Suggest tags for what was typed so far, by their names and other names."""
    found = queries.suggest_tags(query.q, limit=query.limit)
    return Suggestions(items=[SuggestionOut.model_validate(one) for one in found])


@endpoint(bp, "/tags/<slug:key>/threads", "GET", result=TaggedThreads, query=PageQuery, public=True, errors=(422,))
def list_tagged_threads(key: str, query: PageQuery) -> TaggedThreads:
    """List the threads about something in the rooms you can read, the youngest first."""
    if queries.find_tag(key) is None:
        raise NotFound
    page = queries.list_tagged(current_actor(), key, cursor=query.cursor, limit=query.limit)
    return TaggedThreads(items=[TaggedOut.of(thread) for thread in page.items], next_cursor=page.next_cursor)


@endpoint(bp, f"{THREAD}/tags", "PUT", result=ThreadOut, body=TagsIn, scope=ApiScope.WRITE, errors=(422,))
def put_tags(slug: str, thread_id: int, body: TagsIn) -> ThreadOut:
    """Say anew what a thread is about; by its author and the room's moderators."""
    ctx = read_room(require_actor(), slug)
    tag_thread(ctx, thread_id=thread_id, tags=body.tags)
    return ThreadOut.of(thread_view(ctx, thread_id))
