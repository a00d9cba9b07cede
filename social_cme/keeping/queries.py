"""Reads of one's own bookmarks and notes.

Rule: the place of a bookmark is named only while its owner may read it; what is said there is never copied into the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.enums import PostKind
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.queries.sight import posts_in_sight
from social_cme.extensions import db
from social_cme.keeping.enums import Kept
from social_cme.keeping.models import Bookmark, ThreadNote
from social_cme.rooms.models import Room
from social_cme.rooms.queries.directory import readable_by

GONE = "In a place that is gone, or that you may not see any more"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, as its reader may see it now."""

    slug: str
    room_name: str
    thread_id: int
    title: str
    what: str
    post_id: int | None = None
    text_html: str = ""


@dataclass(frozen=True, slots=True)
class BookmarkLine:
    """A bookmark in a list; without a place when it cannot be reached any more."""

    bookmark: Bookmark
    place: Place | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note in a list; without a place when its thread cannot be reached any more."""

    note: ThreadNote
    place: Place | None


@dataclass(frozen=True, slots=True)
class Keepings:
    """What one person keeps of one thread: bookmarks by target and id, and the note."""

    bookmarks: dict[tuple[str, int], Bookmark]
    note: ThreadNote | None


def keepings_of(user_id: int, thread_id: int) -> Keepings:
    """Return what somebody keeps of a thread, with two statements."""
    posts = select(Post.id).where(Post.thread_id == thread_id)
    statement = select(Bookmark).where(
        Bookmark.user_id == user_id,
        or_(
            and_(Bookmark.target == Kept.THREAD, Bookmark.target_id == thread_id),
            and_(Bookmark.target == Kept.POST, Bookmark.target_id.in_(posts)),
        ),
    )
    found = {(one.target, one.target_id): one for one in db.session.scalars(statement)}
    return Keepings(found, find_note(user_id, thread_id))


def find_bookmark(user_id: int, target: Kept, target_id: int) -> Bookmark | None:
    """Return somebody's bookmark of a thread or post."""
    return db.session.scalar(select(Bookmark).filter_by(user_id=user_id, target=target.value, target_id=target_id))


def find_note(user_id: int, thread_id: int) -> ThreadNote | None:
    """Return somebody's note on a thread."""
    return db.session.scalar(select(ThreadNote).filter_by(user_id=user_id, thread_id=thread_id))


def list_bookmarks(actor: User, *, due: bool = False, cursor: str | None = None, limit: int = 20) -> Page[BookmarkLine]:
    """Return one's bookmarks, the youngest first, or only those whose reminder has come; three statements in all."""
    after = decode_cursor(cursor, int)
    statement = select(Bookmark).where(Bookmark.user_id == actor.id).order_by(Bookmark.id.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(Bookmark.id < after[0])
    if due:
        statement = statement.where(_is_due())
    page = make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))
    moment = clock.now()
    threads = _threads(actor, [one.target_id for one in page.items if one.target == Kept.THREAD])
    posts = _posts(actor, [one.target_id for one in page.items if one.target == Kept.POST])
    lines = [
        BookmarkLine(
            bookmark=one,
            place=(threads if one.target == Kept.THREAD else posts).get(one.target_id),
            is_due=one.remind_at is not None and one.remind_at <= moment,
        )
        for one in page.items
    ]
    return Page(items=lines, next_cursor=page.next_cursor)


def count_due(user_id: int) -> int:
    """Return how many of somebody's reminders have come."""
    return db.session.scalar(select(func.count(Bookmark.id)).where(Bookmark.user_id == user_id, _is_due())) or 0


def list_notes(actor: User, *, cursor: str | None = None, limit: int = 20) -> Page[NoteLine]:
    """Return one's notes, the youngest first; two statements in all."""
    after = decode_cursor(cursor, int)
    statement = select(ThreadNote).where(ThreadNote.user_id == actor.id).order_by(ThreadNote.id.desc())
    if after is not None:
        statement = statement.where(ThreadNote.id < after[0])
    page = make_page(db.session.scalars(statement.limit(limit + 1)).all(), limit=limit, key=lambda row: (row.id,))
    threads = _threads(actor, [one.thread_id for one in page.items])
    lines = [NoteLine(one, threads.get(one.thread_id)) for one in page.items]
    return Page(items=lines, next_cursor=page.next_cursor)


def all_notes(actor: User) -> Iterator[Sequence[NoteLine]]:
    """Return all one's notes in batches, for the copy that everybody may have of their own data."""
    cursor: str | None = None
    while True:
        page = list_notes(actor, cursor=cursor, limit=100)
        yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def due_reminder_ids(moment: datetime, *, limit: int) -> list[int]:
    """Return bookmarks whose reminder has come and was not sent, the longest waiting first."""
    statement = (
        select(Bookmark.id)
        .where(Bookmark.remind_at <= moment, Bookmark.reminded_at.is_(None))
        .order_by(Bookmark.remind_at, Bookmark.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def _is_due() -> ColumnElement[bool]:
    return and_(Bookmark.remind_at.is_not(None), Bookmark.remind_at <= clock.now())


def _threads(actor: User, ids: Sequence[int]) -> dict[int, Place]:
    if not ids:
        return {}
    statement = _in_sight(actor, select(Thread.id, Thread.title, Thread.kind, Room.slug, Room.name))
    rows = db.session.execute(statement.where(Thread.id.in_(ids)))
    return {row.id: Place(row.slug, row.name, row.id, row.title, row.kind.capitalize()) for row in rows}


def _posts(actor: User, ids: Sequence[int]) -> dict[int, Place]:
    if not ids:
        return {}
    columns = select(Post.id, Post.kind, Post.body_html, Post.thread_id, Thread.title, Room.slug, Room.name)
    statement = _in_sight(actor, columns.join(Thread, Thread.id == Post.thread_id))
    shown = or_(Post.hidden_at.is_(None), Post.author_id == actor.id)
    rows = db.session.execute(statement.where(Post.id.in_(ids), shown, posts_in_sight(actor)))
    return {
        row.id: Place(
            row.slug,
            row.name,
            row.thread_id,
            row.title,
            "Comment" if row.kind == PostKind.COMMENT else "Answer",
            post_id=row.id,
            text_html=row.body_html,
        )
        for row in rows
    }


def _in_sight(actor: User, statement: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    seen = or_(Thread.hidden_at.is_(None), Thread.author_id == actor.id)
    return statement.join(Room, Room.id == Thread.room_id).where(seen, readable_by(actor))
