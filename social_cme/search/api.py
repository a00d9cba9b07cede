"""The search under ``/api/v1``."""

from __future__ import annotations

from social_cme.search import queries
from social_cme.search.queries import Filters, Result
from social_cme.search.rules import parse_query
from social_cme.search.schemas import PieceOut, ResultOut, SearchOut, SearchQuery
from social_cme.web.actor import current_actor
from social_cme.web.api import blueprint, endpoint

bp = blueprint("search")


@endpoint(bp, "/search", "GET", result=SearchOut, query=SearchQuery, public=True)
def search(query: SearchQuery) -> SearchOut:
    """Search threads, answers, what was said in live sessions, rooms and people that the caller may see."""
    filters = Filters(
        scope=query.scope,
        room=query.room,
        author_id=query.author_id,
        specialty=query.specialty or "",
        tag=query.tag,
        solved=query.solved,
        endorsed=query.endorsed,
        evidence=query.evidence,
        order=query.order,
    )
    page = queries.find(current_actor(), parse_query(query.q), filters, cursor=query.cursor)
    return SearchOut(
        items=[_result(one) for one in page.items],
        counts=page.counts,
        only_some_words=page.only_some_words,
        next_cursor=page.next_cursor,
    )


def _result(one: Result) -> ResultOut:
    return ResultOut(
        kind=one.kind,
        object_id=one.object_id,
        title=[PieceOut.model_validate(piece) for piece in one.title],
        excerpt=[PieceOut.model_validate(piece) for piece in one.excerpt],
        created_at=one.created_at,
        room_slug=one.room.slug if one.room is not None else None,
        thread_id=one.thread.id if one.thread is not None else None,
        session_id=one.session.id if one.session is not None else None,
        author_id=one.author.id if one.author is not None else None,
        author_name=one.author.display_name if one.author is not None else None,
    )
