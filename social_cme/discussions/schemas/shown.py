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
    CitationKind,
    EvidenceLevel,
    PostKind,
    ThreadKind,
    ThreadStatus,
)
from social_cme.discussions.rules.citations import source_href
from social_cme.media.schemas import ImageOut


class Shown(BaseModel):
    """Base of what is shown."""

    model_config = ConfigDict(from_attributes=True)


class PersonOut(Shown):
    """Who somebody is, as everybody in the room may know it; without an id for a pseudonym, or when the account was closed."""

    id: int | None
    display_name: str = Field(description="The name, or the line of a pseudonym.")
    profession: str | None
    is_verified: bool = Field(description="Whether somebody entitled has seen proof of the profession.")
    is_pseudonym: bool

    @classmethod
    def of(cls, user: Any) -> Self:
        """Show an author, or an account that never writes under a pseudonym."""
        if user.state == "closed":
            return cls(id=None, display_name="Former member", profession=None, is_verified=False, is_pseudonym=False)
        return cls(
            id=user.id,
            display_name=user.display_name,
            profession=user.profession,
            is_verified=user.is_verified,
            is_pseudonym=getattr(user, "is_pseudonym", False),
        )


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
    summary: str
    summary_html: str
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
            **_columns(thread, cls, extra={*own, *held_back, "body", "closed_by", "tags", "images"}),
            **{name: getattr(view, name) for name in own},
            images=[ImageOut.of(one) for one in view.images],
            body=thread.body_md,
            tags=[TagOut.model_validate(one) for one in view.tags],
            summary=thread.summary_md if view.sight.is_open else "",
            summary_html=thread.summary_html if view.sight.is_open else "",
            shows_discussion=view.sight.is_open,
            why_no_discussion=view.sight.reason,
            closed_by=PersonOut.of(thread.closed_by) if thread.closed_by is not None else None,
        )


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


class CitationOut(Shown):
    """A source of an answer."""

    kind: CitationKind
    value: str
    label: str
    href: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a source with the address under which it is found."""
        return cls(kind=row.kind, value=row.value, label=row.label, href=source_href(row.kind, row.value))


class EndorsementOut(Shown):
    """A mentor stands behind an answer."""

    mentor: PersonOut
    evidence_level: EvidenceLevel
    note: str
    created_at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show an endorsement."""
        return cls(
            mentor=PersonOut.of(row.mentor),
            evidence_level=row.evidence_level,
            note=row.note,
            created_at=row.created_at,
        )


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
    citations: list[CitationOut]
    images: list[ImageOut]
    endorsements: list[EndorsementOut]
    created_at: datetime
    edited_at: datetime | None
    revision: int
    score: int
    my_vote: int
    is_accepted: bool
    is_endorsed: bool
    is_hidden: bool
    hidden_reason: str
    comment_count: int

    @classmethod
    def of(cls, view: Any) -> Self:
        """Show a post as one reader sees it."""
        post, seen = view.post, view.shows_text
        own = {"author", "is_mine", "role", "body", "body_html", "citations", "images", "endorsements", "my_vote"}
        return cls(
            **_columns(post, cls, extra=own),
            author=PersonOut.of(post.author) if seen else None,
            is_mine=view.is_mine,
            role=view.role if seen else None,
            body=post.body_md if seen else "",
            body_html=post.body_html if seen else "",
            citations=[CitationOut.of(one) for one in view.citations],
            images=[ImageOut.of(one) for one in view.images],
            endorsements=[EndorsementOut.of(one) for one in view.endorsements],
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
