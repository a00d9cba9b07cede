"""The search page: a plain GET form, so that every search has an address of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from social_cme.accounts.enums import Specialty, label
from social_cme.core.errors import BadRequest
from social_cme.discussions.enums import EvidenceLevel
from social_cme.discussions.queries.tags import find_tag
from social_cme.discussions.rules.evidence import level_sentence
from social_cme.extensions import limiter
from social_cme.search import queries
from social_cme.search.enums import SearchOrder, SearchScope
from social_cme.search.queries import Filters, SearchPage
from social_cme.search.rules import Query, parse_query
from social_cme.web.actor import current_actor

bp = Blueprint("search", __name__)
Choice = TypeVar("Choice", bound=StrEnum)
SCOPE_WORDS = {
    SearchScope.ALL: "Everything",
    SearchScope.THREADS: "Threads",
    SearchScope.ANSWERS: "Answers",
    SearchScope.LIVE: "Live sessions",
    SearchScope.ROOMS: "Rooms",
    SearchScope.PEOPLE: "People",
}


@bp.get("/search")
@limiter.limit("120/minute")
def index() -> tuple[str, int]:
    """Show the search field and what was found."""
    typed, actor, problem = request.args.get("q", ""), current_actor(), ""
    filters = _filters()
    try:
        page = queries.find(actor, parse_query(typed), filters, cursor=request.args.get("cursor"))
    except BadRequest as error:
        page, problem = SearchPage(query=Query(text=typed[:2000])), error.message
    scopes = [scope for scope in SearchScope if scope != SearchScope.PEOPLE or actor is not None]
    html = render_template(
        "search/index.html",
        page=page,
        typed=page.query.text,
        problem=problem,
        filters=filters,
        rooms=queries.list_searchable_rooms(actor),
        scopes=[_chip(scope, page) for scope in scopes],
        specialties=[(str(one), label(one)) for one in Specialty],
        evidence_levels=[(str(one), level_sentence(one)) for one in EvidenceLevel],
        more=_address(cursor=page.next_cursor) if page.next_cursor else None,
        first=_address() if request.args.get("cursor") else None,
        anyone=_address(author=None),
        tag=find_tag(filters.tag) if filters.tag else None,
        any_tag=_address(tag=None),
    )
    return html, BadRequest.status if problem else 200


def _filters() -> Filters:
    author = request.args.get("author", "")
    return Filters(
        scope=_choice(SearchScope, "in") or SearchScope.ALL,
        room=request.args.get("room", "")[:60],
        author_id=int(author) if author.isascii() and author.isdigit() and len(author) < 19 else None,
        specialty=_choice(Specialty, "specialty") or "",
        tag=request.args.get("tag", "")[:60],
        solved=request.args.get("solved") == "1",
        endorsed=request.args.get("endorsed") == "1",
        evidence=_choice(EvidenceLevel, "evidence"),
        order=_choice(SearchOrder, "order") or SearchOrder.RELEVANCE,
    )


def _choice(kind: type[Choice], name: str) -> Choice | None:
    value = request.args.get(name, "")
    return kind(value) if value in set(kind) else None


def _chip(scope: SearchScope, page: SearchPage) -> dict[str, Any]:
    return {
        "key": str(scope),
        "text": SCOPE_WORDS[scope],
        "href": _address(**{"in": None if scope == SearchScope.ALL else str(scope)}),
        "count": page.counts.get(scope),
    }


def _address(**changes: str | None) -> str:
    """Return the address of this search with some of its parameters changed, always from its first page."""
    known = ("q", "in", "room", "author", "specialty", "tag", "solved", "endorsed", "evidence", "order")
    values = {name: request.args[name][:400] for name in known if request.args.get(name)}
    values |= {name: value for name, value in changes.items() if value is not None}
    for name in (name for name, value in changes.items() if value is None):
        values.pop(name, None)
    return f"{url_for('search.index')}?{urlencode(values)}"
