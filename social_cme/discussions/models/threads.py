"""Threads, posts and what people do to them.

Rule: the HTML beside each Markdown text was rendered and sanitised when the text was written. Counts kept on a row are
changed only together with the rows that they count.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.discussions.enums import ThreadStatus
from social_cme.discussions.rules.authorship import Author, acting, seen_as
from social_cme.persistence.base import BigId, Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key
from social_cme.rooms.models import Room

# Long texts stand at the end of a row: SQLite reads a row from its beginning, and lists and searches need only the short columns.
LAST = 10_000


class Hideable:
    """Rows that a moderator can hide; the text stays, only moderators and its author still see it."""

    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_reason: Mapped[str] = mapped_column(Text, default="")


class Masked:
    """Rows whose writer may stand under a pseudonym: the line instead of the name, empty for the name.

    The line and whether the profession was verified stay as they were when it was written: a line that followed the profile
    would tell whose profile it is. Both go with the row wherever a moderator moves it.
    """

    pseudonym: Mapped[str] = mapped_column(String(120), default="")
    pseudonym_verified: Mapped[bool | None] = mapped_column(Boolean)

    def mask(self, account: User) -> Author:
        """Return the writer of this row as readers see them."""
        return seen_as(account, pseudonym=self.pseudonym, is_verified=self.pseudonym_verified)


class Thread(Model, Timestamped, RoomScoped, Hideable, Masked):
    """The opening of a discussion; for a case, ``case`` holds the structured Markdown parts by name."""

    __tablename__ = "thread"
    __table_args__ = (
        Index("ix_thread_room_list", "room_id", "is_pinned", "last_activity_at", "id"),
        Index("ix_thread_author_id_created_at", "author_id", "created_at"),
        Index("ix_thread_waiting", "status", "answer_count", "created_at"),
        Index("ix_thread_room_id_created_at", "room_id", "created_at"),
        UniqueConstraint("room_id", "source_ref"),
    )

    id: Mapped[PrimaryKey]
    author_id: Mapped[int] = foreign_key("user_account.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    body_md: Mapped[str] = mapped_column(Text, default="", sort_order=LAST)
    body_html: Mapped[str] = mapped_column(Text, default="", sort_order=LAST)
    excerpt: Mapped[str] = mapped_column(String(240), default="")
    case: Mapped[dict[str, Any] | None] = mapped_column(JSON, sort_order=LAST)
    case_html: Mapped[dict[str, Any] | None] = mapped_column(JSON, sort_order=LAST)
    setting: Mapped[str | None] = mapped_column(String(20))
    age_band: Mapped[str | None] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default=ThreadStatus.OPEN)
    is_pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_reason: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    closed_reason: Mapped[str] = mapped_column(String(20), default="")
    summary_md: Mapped[str] = mapped_column(Text, default="", sort_order=LAST)
    summary_html: Mapped[str] = mapped_column(Text, default="", sort_order=LAST)
    last_activity_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_post_id: Mapped[int] = mapped_column(BigId, default=0)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    score: Mapped[int] = mapped_column(Integer, default=0)
    answer_count: Mapped[int] = mapped_column(Integer, default=0)
    comment_count: Mapped[int] = mapped_column(Integer, default=0)
    accepted_count: Mapped[int] = mapped_column(Integer, default=0)
    endorsed_count: Mapped[int] = mapped_column(Integer, default=0)
    source_ref: Mapped[str | None] = mapped_column(String(120))
    source_url: Mapped[str] = mapped_column(String(500), default="")
    live_question_id: Mapped[int | None] = mapped_column(Integer, index=True)
    # When somebody promised an answer by, as to what was left open in a live session.
    answer_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    post_first: Mapped[bool] = mapped_column(Boolean, default=False)
    step_count: Mapped[int] = mapped_column(Integer, default=0)
    # Set together with ``hidden_at``: what was merged is out of everybody's sight, and its address leads to where it went.
    merged_into_id: Mapped[int | None] = mapped_column(BigId)

    # Never shown: what readers see of these two is ``author`` and ``closed_by``.
    account_behind: Mapped[User] = relationship(foreign_keys=[author_id], lazy="raise")
    closer_behind: Mapped[User | None] = relationship(foreign_keys=[closed_by_id], lazy="raise")
    room: Mapped[Room] = relationship(lazy="raise")

    @property
    def author(self) -> Author:
        """Who is shown as having opened it; needs ``account_behind`` loaded."""
        return self.mask(self.account_behind)

    @property
    def closed_by(self) -> Author | None:
        """Who is shown as having closed it; needs ``closer_behind`` loaded."""
        return acting(self.closer_behind, self) if self.closer_behind is not None else None


class Post(Model, Timestamped, RoomScoped, Hideable, Masked):
    """An answer, or a comment on the thread (``parent_id`` empty) or on an answer; comments have no comments.

    What somebody wrote to a step of a case (``step_id``) is a post too, so that it can be reported and hidden like the others.
    ``is_endorsed`` says that an endorsement holds now; ``think_aloud`` keeps the parts of a mentor's reasoning by name.
    """

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_thread_list", "thread_id", "kind", "id"),
        Index("ix_post_author_id_created_at", "author_id", "created_at"),
    )

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = foreign_key("post.id")
    step_id: Mapped[int | None] = foreign_key("case_step.id")
    body_md: Mapped[str] = mapped_column(Text, sort_order=LAST)
    body_html: Mapped[str] = mapped_column(Text, sort_order=LAST)
    think_aloud: Mapped[dict[str, Any] | None] = mapped_column(JSON, sort_order=LAST)
    think_aloud_html: Mapped[dict[str, Any] | None] = mapped_column(JSON, sort_order=LAST)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    score: Mapped[int] = mapped_column(Integer, default=0)
    is_accepted: Mapped[bool] = mapped_column(Boolean, default=False)
    is_endorsed: Mapped[bool] = mapped_column(Boolean, default=False)
    is_disputed: Mapped[bool] = mapped_column(Boolean, default=False)
    comment_count: Mapped[int] = mapped_column(Integer, default=0)

    # Never shown: what readers see is ``author``.
    account_behind: Mapped[User] = relationship(lazy="raise")
    thread: Mapped[Thread] = relationship(lazy="raise")

    @property
    def author(self) -> Author:
        """Who is shown as having written it; needs ``account_behind`` loaded."""
        return self.mask(self.account_behind)


class Revision(Model, Timestamped, Masked):
    """What a thread or a post said before an edit; a sealed one was edited while hidden, so only moderators read it."""

    __tablename__ = "revision"

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id")
    post_id: Mapped[int | None] = foreign_key("post.id")
    editor_id: Mapped[int] = foreign_key("user_account.id", index=False)
    title: Mapped[str] = mapped_column(String(200), default="")
    body_md: Mapped[str] = mapped_column(Text, default="")
    case: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    citations: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    is_sealed: Mapped[bool] = mapped_column(Boolean, default=False)

    # Never shown: what readers see is ``editor``.
    account_behind: Mapped[User] = relationship(lazy="raise")

    @property
    def editor(self) -> Author:
        """Who is shown as having made the edit; needs ``account_behind`` loaded."""
        return self.mask(self.account_behind)


class Vote(Model, Timestamped):
    """One person's vote on one thread or post: 1 or -1; 0 once taken back, which remembers that it was given before."""

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("user_id", "target", "target_id"),
        Index("ix_vote_target", "target", "target_id"),
        CheckConstraint("value IN (-1, 0, 1)", name="value"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    target: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int] = mapped_column(BigId)
    value: Mapped[int] = mapped_column(Integer)


class Follow(Model, Timestamped):
    """Somebody wants to hear of new answers in a thread."""

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("user_id", "thread_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    thread_id: Mapped[int] = foreign_key("thread.id")


class ReadMark(Model):
    """How far somebody has read a thread: nothing up to ``last_post_id`` is new to them any more."""

    __tablename__ = "read_mark"
    __table_args__ = (UniqueConstraint("user_id", "thread_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    thread_id: Mapped[int] = foreign_key("thread.id")
    last_post_id: Mapped[int] = mapped_column(BigId, default=0)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FormerAddress(Model, Timestamped, RoomScoped):
    """A room in which a thread stood before it was moved; its old address leads on from there."""

    __tablename__ = "former_address"
    __table_args__ = (UniqueConstraint("thread_id", "room_id"),)

    id: Mapped[PrimaryKey]
    thread_id: Mapped[int] = foreign_key("thread.id", ondelete="CASCADE", index=False)


class Draft(Model, Timestamped):
    """Unfinished writing kept on the server; ``revision`` counts up, and a save must name the one it read.

    ``place`` says where it belongs: ``room:4:case``, ``thread:9:answer``, ``post:31:edit``.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    place: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
