"""The shape of a search through the API."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from social_cme.accounts.enums import Specialty
from social_cme.discussions.enums import EvidenceLevel
from social_cme.search.enums import EntryKind, SearchOrder, SearchScope
from social_cme.web.api import Schema


class SearchQuery(Schema):
    """What to look for and where."""

    q: str = Field(
        "", max_length=10_000, description='Words (all of them), "a phrase", -without, begin*; at most 200 characters.'
    )
    scope: SearchScope = Field(SearchScope.ALL, description="Kinds of results.")
    room: str = Field("", max_length=60, description="Slug of a room.")
    author_id: int | None = Field(None, ge=1, lt=2**63)
    specialty: Specialty | None = None
    tag: str = Field("", max_length=60, description="Key of a tag of the thread.")
    solved: bool = Field(False, description="Only answered or closed threads, and accepted answers.")
    endorsed: bool = Field(False, description="Only what a mentor endorsed.")
    evidence: EvidenceLevel | None = Field(None, description="Only what was endorsed with this certainty.")
    order: SearchOrder = SearchOrder.RELEVANCE
    cursor: str | None = Field(None, max_length=512, description="The next_cursor of the page before.")


class PieceOut(Schema):
    """A stretch of text; the found ones hold what was looked for."""

    text: str
    found: bool


class ResultOut(Schema):
    """One thing found."""

    kind: EntryKind
    object_id: int
    title: list[PieceOut]
    excerpt: list[PieceOut]
    created_at: datetime
    room_slug: str | None
    thread_id: int | None
    session_id: int | None = Field(description="For what was said in a live session: a question, chat or a caption.")
    author_id: int | None
    author_name: str | None


class SearchOut(Schema):
    """A page of results, with how many there are of each scope."""

    items: list[ResultOut]
    counts: dict[SearchScope, int]
    only_some_words: bool
    next_cursor: str | None
