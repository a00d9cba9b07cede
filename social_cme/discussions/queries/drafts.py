"""Drafts of the person who asks; nobody else's can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, false, func, or_, select

from social_cme.accounts.models import User
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.core.text import excerpt
from social_cme.discussions.enums import CASE_LIMITS, PostKind
from social_cme.discussions.models import Draft, Post, Thread
from social_cme.discussions.rules.places import Place, read_place
from social_cme.extensions import db
from social_cme.rooms.models import Room
from social_cme.rooms.queries.directory import readable_by

_GONE = "in a place that is gone, or that you may not see any more"


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list: what it is and where it belongs, how it begins, and the way back.

    ``href`` is ``None`` when the place cannot be reached any more; ``words`` then name nothing.
    """

    draft: Draft
    words: str
    excerpt: str
    href: str | None

    @property
    def saved_at(self) -> datetime:
        """When it was kept."""
        return self.draft.saved_at


def find_draft(user_id: int, place: str) -> Draft | None:
    """Return somebody's draft at a place."""
    return db.session.scalar(select(Draft).filter_by(user_id=user_id, place=place))


def list_drafts(user_id: int, *, cursor: str | None = None, limit: int = 20) -> Page[Draft]:
    """Return somebody's drafts, the youngest first."""
    after = decode_cursor(cursor, int)
    statement = select(Draft).where(Draft.user_id == user_id).order_by(Draft.id.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(Draft.id < after[0])
    return make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))


def count_drafts(user_id: int) -> int:
    """Return how many drafts somebody has."""
    return db.session.scalar(select(func.count(Draft.id)).where(Draft.user_id == user_id)) or 0


def places_of(actor: User, drafts: Sequence[Draft]) -> list[DraftLine]:
    """Tell of each draft where it belongs, with three statements however many there are.

    Rooms that the person may not read any more and threads hidden from them are named by nothing but a sentence.
    """
    places = {draft.id: read_place(draft.place) for draft in drafts}
    posts = _posts({one.id for one in places.values() if one.about == "post"})
    thread_ids = {one.id for one in places.values() if one.about == "thread"} | {
        row.thread_id for row in posts.values()
    }
    threads = _threads(actor, thread_ids)
    rooms = _rooms(actor, {one.id for one in places.values() if one.about == "room"})
    return [_line(draft, places[draft.id], rooms, threads, posts) for draft in drafts]


@dataclass(frozen=True, slots=True)
class _PostRow:
    thread_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Named:
    slug: str
    name: str


def _posts(ids: set[int]) -> dict[int, _PostRow]:
    if not ids:
        return {}
    rows = db.session.execute(select(Post.id, Post.thread_id, Post.kind).where(Post.id.in_(ids)))
    return {row.id: _PostRow(row.thread_id, row.kind) for row in rows}


def _threads(actor: User, ids: set[int]) -> dict[int, _Named]:
    if not ids:
        return {}
    in_sight = or_(Thread.hidden_at.is_(None), Thread.author_id == actor.id)
    statement = select(Thread.id, Thread.title, Room.slug).join(Room, Room.id == Thread.room_id)
    rows = db.session.execute(statement.where(and_(Thread.id.in_(ids), in_sight, readable_by(actor))))
    return {row.id: _Named(row.slug, row.title) for row in rows}


def _rooms(actor: User, ids: set[int]) -> dict[int, _Named]:
    wanted = Room.id.in_(ids) if ids else false()
    rows = db.session.execute(select(Room.id, Room.slug, Room.name).where(wanted, readable_by(actor)))
    return {row.id: _Named(row.slug, row.name) for row in rows}


def _line(
    draft: Draft, place: Place, rooms: dict[int, _Named], threads: dict[int, _Named], posts: dict[int, _PostRow]
) -> DraftLine:
    post = posts.get(place.id) if place.about == "post" else None
    thread_id = post.thread_id if post is not None else place.id if place.about == "thread" else 0
    named = rooms.get(place.id) if place.about == "room" else threads.get(thread_id)
    return DraftLine(
        draft=draft,
        words=f"{_what(place, post)} {f'in “{named.name}”' if named is not None else _GONE}",
        excerpt=_beginning(draft),
        href=_address(place, thread_id, named.slug) if named is not None else None,
    )


def _what(place: Place, post: _PostRow | None) -> str:
    if place.about == "room":
        return f"New {place.what}"
    if place.what in {"answer", "comment"}:
        return place.what.capitalize()
    if place.about == "thread":
        return "Change of the opening"
    return "Change of a comment" if post is not None and post.kind == PostKind.COMMENT else "Change of an answer"


def _address(place: Place, thread_id: int, slug: str) -> str:
    """Return the page on which the draft is restored."""
    if place.about == "room":
        return f"/rooms/{slug}/threads/new?kind={place.what}"
    thread = f"/rooms/{slug}/threads/{thread_id}"
    if place.what == "edit":
        return f"{thread}/edit" if place.about == "thread" else f"/rooms/{slug}/posts/{place.id}/edit"
    if place.what == "answer":
        return f"{thread}#answer-form"
    if place.about == "thread":
        return f"{thread}?comment=0#opening"
    return f"{thread}?comment={place.id}&post={place.id}#post-{place.id}"


def _beginning(draft: Draft) -> str:
    texts = (str(draft.content.get(name) or "") for name in ("title", "body", *CASE_LIMITS))
    return excerpt(next((text for text in texts if text), ""), limit=140)
