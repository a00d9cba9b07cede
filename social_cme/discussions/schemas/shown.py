"""What is shown of threads, answers and drafts.

Rule: what is shown is named here field by field; a column that is not listed never leaves the server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from social_cme.discussions.enums import (
    AgeBand,
    CareSetting,
    CloseReason,
    PostKind,
    ThreadKind,
    ThreadStatus,
)
from social_cme.discussions.schemas.evidence import CitationOut, DisputeOut, EndorsementOut, SummaryOut
from social_cme.discussions.schemas.people import PersonOut
from social_cme.media.schemas import ImageOut


class Shown(BaseModel):
    """Base of what is shown."""

    model_config = ConfigDict(from_attributes=True)


# ------------------------------------------------------------------ threads


class TagOut(Shown):
    """What a thread is about; the key names it in addresses."""

    key: str
    name: str


class ThreadLineOut(Shown):
    """A thread in a list, with what is new in it for the caller."""

    id: int
    kind: ThreadKind
    title: str
    excerpt: str
    status: ThreadStatus
    author: PersonOut
    created_at: datetime
    last_activity_at: datetime
    score: int
    answer_count: int
    comment_count: int
    accepted_count: int
    endorsed_count: int
    is_pinned: bool
    is_locked: bool
    is_hidden: bool
    is_unread: bool
    new_count: int
    tags: list[TagOut]

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line of a list."""
        return cls(
            **_columns(line.thread, cls, extra={"is_unread", "new_count", "tags"}),
            is_unread=line.is_unread,
            new_count=line.new_count,
            tags=[TagOut.model_validate(one) for one in line.tags],
        )


class ThreadList(Shown):
    """A page of threads."""

    items: list[ThreadLineOut]
    next_cursor: str | None


class ThreadOut(Shown):
    """The opening of a thread. A case has its Markdown parts in ``case``, the other kinds have a ``body``."""

    id: int
    kind: ThreadKind
    title: str
    status: ThreadStatus
    author: PersonOut
    is_mine: bool
    role: str | None = Field(description="What the author is in the room: mentor, coordinator or nothing of both.")
    body: str
    body_html: str
    case: dict[str, str] | None
    case_html: dict[str, str] | None
    images: list[ImageOut]
    setting: CareSetting | None
    age_band: AgeBand | None
    created_at: datetime
    last_activity_at: datetime
    edited_at: datetime | None
    revision: int
    score: int
    my_vote: int
    answer_count: int
    comment_count: int
    accepted_count: int
    endorsed_count: int
    is_pinned: bool
    is_locked: bool
    locked_reason: str
    is_hidden: bool
    hidden_reason: str
    closed_at: datetime | None
    closed_by: PersonOut | None
    closed_reason: CloseReason | None
    summary: str = Field(description="Closing words of a closed thread, Markdown.")
    summary_html: str
    take_home: SummaryOut | None = Field(description="What a mentor of the room takes home.")
    case_summary: SummaryOut | None = Field(description="The members' shared summary of a case.")
    source_url: str
    tags: list[TagOut]
    is_following: bool
    follower_count: int
    may_answer: bool
    why_no_answer: str
    post_first: bool
    step_count: int
    shows_discussion: bool = Field(description="Whether the answers of others are in sight of the caller.")
    why_no_discussion: str

    @classmethod
    def of(cls, view: Any) -> Self:
        """Show a thread as one reader sees it."""
        thread = view.thread
        own = {"is_mine", "role", "my_vote", "is_following", "follower_count", "may_answer", "why_no_answer"}
        held_back = {"summary", "summary_html", "shows_discussion", "why_no_discussion"}
        return cls(
            **_columns(
                thread,
                cls,
                extra={*own, *held_back, *_SUMMARIES, "body", "closed_by", "closed_reason", "tags", "images"},
            ),
            **{name: getattr(view, name) for name in own},
            images=[ImageOut.of(one) for one in view.images],
            body=thread.body_md,
            tags=[TagOut.model_validate(one) for one in view.tags],
            summary=thread.summary_md if view.sight.is_open else "",
            summary_html=thread.summary_html if view.sight.is_open else "",
            shows_discussion=view.sight.is_open,
            why_no_discussion=view.sight.reason,
            closed_by=PersonOut.of(thread.closed_by) if thread.closed_by is not None else None,
            closed_reason=thread.closed_reason or None,
            **{name: SummaryOut.of(text) if (text := getattr(view, name)) is not None else None for name in _SUMMARIES},
        )


_SUMMARIES = ("take_home", "case_summary")


def _columns(row: Any, shown: type[Shown], *, extra: set[str]) -> dict[str, Any]:
    """Return the fields of *shown* that stand on the row under the same name, with the author and the states."""
    derived: dict[str, Callable[[], Any]] = {
        "author": lambda: PersonOut.of(row.author),
        "is_locked": lambda: row.locked_at is not None,
        "is_hidden": lambda: row.hidden_at is not None,
    }
    return {
        name: derived[name]() if name in derived else getattr(row, name)
        for name in shown.model_fields
        if name not in extra
    }


# ------------------------------------------------------------------ answers and comments


class PostOut(Shown):
    """An answer or a comment; one that is hidden from the caller keeps its place and loses its words and its author."""

    id: int
    thread_id: int
    kind: PostKind
    parent_id: int | None
    author: PersonOut | None
    is_mine: bool
    role: str | None
    body: str
    body_html: str
    think_aloud: dict[str, str] | None = Field(description="A mentor's reasoning by part: searched, found, decided.")
    think_aloud_html: dict[str, str] | None
    citations: list[CitationOut]
    images: list[ImageOut]
    names_retracted: bool = Field(description="Whether a paper that it names was retracted.")
    endorsements: list[EndorsementOut]
    dispute: DisputeOut | None = Field(description="The latest dispute about it, settled or not.")
    created_at: datetime
    edited_at: datetime | None
    revision: int
    score: int
    my_vote: int
    is_accepted: bool
    is_endorsed: bool
    is_disputed: bool
    is_hidden: bool
    hidden_reason: str
    comment_count: int

    @classmethod
    def of(cls, view: Any) -> Self:
        """Show a post as one reader sees it."""
        post, seen = view.post, view.shows_text
        own = {"author", "is_mine", "role", "body", "body_html", "citations", "images", "endorsements", "my_vote"}
        own |= {"names_retracted", "dispute", "think_aloud", "think_aloud_html"}
        return cls(
            **_columns(post, cls, extra=own),
            author=PersonOut.of(post.author) if seen else None,
            is_mine=view.is_mine,
            role=view.role if seen else None,
            body=post.body_md if seen else "",
            body_html=post.body_html if seen else "",
            citations=[CitationOut.of(one) for one in view.citations],
            images=[ImageOut.of(one) for one in view.images],
            names_retracted=view.names_retracted,
            endorsements=[EndorsementOut.of(one) for one in view.endorsements],
            dispute=DisputeOut.of(view.dispute) if view.dispute is not None else None,
            think_aloud=post.think_aloud if seen else None,
            think_aloud_html=post.think_aloud_html if seen else None,
            my_vote=view.my_vote,
        )


class PostList(Shown):
    """A page of answers or comments."""

    items: list[PostOut]
    next_cursor: str | None


class VoteOut(Shown):
    """Where a thread or post stands after a vote; ``value`` is the caller's own, 0 for none."""

    thread_id: int
    post_id: int | None
    value: int
    score: int


class RevisionOut(Shown):
    """What a thread or a post said before an edit; a sealed one was replaced while hidden."""

    id: int
    editor: PersonOut
    created_at: datetime
    reason: str
    title: str
    body: str
    case: dict[str, str] | None
    citations: list[str]
    is_sealed: bool

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a version."""
        own = {name: getattr(row, name) for name in ("id", "created_at", "reason", "title", "case", "is_sealed")}
        return cls(**own, editor=PersonOut.of(row.editor), body=row.body_md, citations=row.citations.splitlines())


class RevisionList(Shown):
    """A page of versions, the latest first."""

    items: list[RevisionOut]
    next_cursor: str | None


class DraftOut(Shown):
    """Unfinished writing; send its ``revision`` with the next save."""

    place: str
    content: dict[str, str]
    revision: int
    saved_at: datetime


class DraftList(Shown):
    """A page of drafts, the youngest first."""

    items: list[DraftOut]
    next_cursor: str | None
