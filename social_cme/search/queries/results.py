"""What a search is narrowed by, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from social_cme.accounts.models import User
from social_cme.discussions.enums import EvidenceLevel
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.rules.authorship import Author
from social_cme.live.models import LiveSession
from social_cme.live.queries.transcript import cursor_of
from social_cme.rooms.models import Room
from social_cme.search.enums import EntryKind, SearchOrder, SearchScope
from social_cme.search.rules import Piece, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows a search down; an empty value does not narrow. ``evidence`` means: endorsed with that certainty."""

    scope: SearchScope = SearchScope.ALL
    room: str = ""
    author_id: int | None = None
    specialty: str = ""
    tag: str = ""
    solved: bool = False
    endorsed: bool = False
    evidence: EvidenceLevel | None = None
    order: SearchOrder = SearchOrder.RELEVANCE

    @property
    def is_about_threads(self) -> bool:
        """Whether only threads and what is written in them can fit."""
        return bool(self.tag or self.solved or self.endorsed or self.evidence)

    @property
    def is_about_texts(self) -> bool:
        """Whether only what was written or said in rooms can fit, neither rooms nor people."""
        return bool(self.room or self.author_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing found, with what is needed to show it.

    ``post`` is set for answers and comments, ``session`` for what was said live.
    """

    kind: EntryKind
    object_id: int
    title: list[Piece]
    excerpt: list[Piece]
    created_at: datetime
    room: Room | None = None
    thread: Thread | None = None
    post: Post | None = None
    session: LiveSession | None = None
    person: User | None = None
    author: Author | None = None

    @property
    def place(self) -> str:
        """The cursor of the page of the transcript that begins with what was said live."""
        return cursor_of(self.kind, self.object_id, self.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """A page of results; ``counts`` per scope leave out the choice of scope itself.

    ``only_some_words`` tells that nothing holds every word and that these hold some of them.
    """

    query: Query
    items: list[Result] = field(default_factory=list)
    counts: dict[SearchScope, int] = field(default_factory=dict)
    next_cursor: str | None = None
    only_some_words: bool = False

    @property
    def total(self) -> int:
        """How many things were found in the chosen rooms, whatever their kind."""
        return self.counts.get(SearchScope.ALL, 0)
