"""What waits, how long it waited, what threads are about, and what resembles a new one: taken in and shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from pydantic import Field

from social_cme.accounts.enums import Specialty
from social_cme.discussions.enums import BODY_LIMIT, TITLE_LIMIT, ThreadKind, ThreadStatus
from social_cme.discussions.schemas.incoming import TagWords
from social_cme.discussions.schemas.shown import Shown
from social_cme.web.api import PageQuery, Schema


class WaitingQuery(PageQuery):
    """Where to look for what waits."""

    room: str = Field("", max_length=60, description="Slug of a room.")
    specialty: Specialty | None = Field(None, description="Of the room, or as a tag of the thread.")


class WaitingOut(Shown):
    """A thread that waits for its first answer."""

    id: int
    kind: ThreadKind
    title: str
    excerpt: str
    created_at: datetime
    room_slug: str
    room_name: str
    specialty: str
    mentors_told_at: datetime | None = Field(description="When the room's mentors were told that it waits.")
    answer_due_at: datetime | None = Field(description="By when an answer was promised, as after a live session.")


class WaitingList(Shown):
    """A page of what waits."""

    items: list[WaitingOut]
    next_cursor: str | None


class SpreadOut(Shown):
    """How long some things waited, in hours."""

    count: int
    median: float | None
    ninetieth: float | None = Field(description="Nine of ten waited no longer than this.")


class MonthOfWaitsOut(Shown):
    """What was asked in a month, and how long it waited for an answer and for one of a mentor."""

    month: date
    asked: int
    unanswered: int
    answer: SpreadOut
    mentor: SpreadOut


class ResponseTimes(Shown):
    """The last twelve months, the oldest first."""

    items: list[MonthOfWaitsOut]


# ------------------------------------------------------------------ tags


class SuggestionQuery(Schema):
    """What was typed of a tag."""

    q: str = Field("", max_length=80)
    limit: int = Field(8, ge=1, le=20)


class SuggestionOut(Shown):
    """A tag for what was typed; ``because`` is the other name that fits, if it is not the name."""

    key: str
    name: str
    because: str


class Suggestions(Shown):
    """Tags for what was typed, the best first."""

    items: list[SuggestionOut]


class TagsIn(Schema):
    """What a thread is about, each in any of its names; five at most. Words that no tag knows only moderators may use."""

    tags: TagWords


class TaggedOut(Shown):
    """A thread under a tag."""

    id: int
    kind: ThreadKind
    title: str
    excerpt: str
    room_slug: str
    created_at: datetime
    answer_count: int

    @classmethod
    def of(cls, thread: Any) -> Self:
        """Show a thread with the room it stands in."""
        names = ("id", "kind", "title", "excerpt", "created_at", "answer_count")
        return cls(**{name: getattr(thread, name) for name in names}, room_slug=thread.room.slug)


class TaggedThreads(Shown):
    """A page of threads under a tag."""

    items: list[TaggedOut]
    next_cursor: str | None


# ------------------------------------------------------------------ what resembles a new thread


class SimilarIn(Schema):
    """A thread as far as it is written; nothing of it is kept."""

    title: str = Field("", max_length=2 * TITLE_LIMIT)
    text: str = Field("", max_length=BODY_LIMIT)


class SimilarOut(Shown):
    """A thread that was asked before; ``is_close`` when it is much the same."""

    id: int
    kind: ThreadKind
    title: str
    excerpt: str
    room_slug: str
    room_name: str
    status: ThreadStatus
    answer_count: int
    endorsed_count: int
    is_close: bool


class SimilarList(Shown):
    """The threads most alike, at most five."""

    items: list[SimilarOut]
