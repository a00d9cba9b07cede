"""What threads are about, and the threads that are about something.

Rule: the tags of a whole page of threads cost one statement; a list over rooms names only what its reader may read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from social_cme.accounts.models import User
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.models import FreeTag, Thread, ThreadTag
from social_cme.discussions.rules.taxonomy import Suggestion, shipped_tags, suggest
from social_cme.extensions import db
from social_cme.rooms.models import Room
from social_cme.rooms.queries.directory import readable_by

MOST_IN_USE = 400


@dataclass(frozen=True, slots=True)
class TagName:
    """A tag as it is shown; ``is_free`` when a mentor added it."""

    key: str
    name: str
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class TagInUse:
    """A tag with the number of threads that a reader finds under it."""

    tag: TagName
    threads: int


def tags_of(thread_ids: Sequence[int]) -> dict[int, list[TagName]]:
    """Return the tags of several threads, each in the order in which they were named."""
    found: dict[int, list[TagName]] = {}
    if not thread_ids:
        return found
    rows = db.session.execute(
        select(ThreadTag.thread_id, ThreadTag.key, FreeTag.name)
        .outerjoin(FreeTag, FreeTag.key == ThreadTag.key)
        .where(ThreadTag.thread_id.in_(thread_ids))
        .order_by(ThreadTag.thread_id, ThreadTag.position)
    )
    for thread_id, key, free_name in rows:
        found.setdefault(thread_id, []).append(_named(key, free_name))
    return found


def find_tag(key: str) -> TagName | None:
    """Return a tag by its key, ``None`` when nobody ever named it."""
    if key in shipped_tags():
        return _named(key, None)
    if not key.isprintable():
        return None
    name = db.session.scalar(select(FreeTag.name).where(FreeTag.key == key))
    return _named(key, name) if name is not None else None


def free_keys(keys: Sequence[str]) -> set[str]:
    """Return which of *keys* are tags that mentors added."""
    return set(db.session.scalars(select(FreeTag.key).where(FreeTag.key.in_(keys)))) if keys else set()


def suggest_tags(text: str, *, limit: int = 8) -> list[Suggestion]:
    """Return tags for what was typed so far, those of mentors among them."""
    extra = db.session.execute(select(FreeTag.key, FreeTag.name).order_by(FreeTag.id.desc()).limit(1000))
    return suggest(text, [(key, name) for key, name in extra], limit=limit)


def list_tagged(actor: User | None, key: str, *, cursor: str | None = None, limit: int = 20) -> Page[Thread]:
    """Return threads about something in the rooms *actor* may read, the youngest first, with author and room."""
    after = decode_cursor(cursor, int)
    statement = (
        select(Thread)
        .join(ThreadTag, ThreadTag.thread_id == Thread.id)
        .join(Room, Room.id == Thread.room_id)
        .options(
            joinedload(Thread.account_behind),
            contains_eager(Thread.room),
            *(
                defer(text, raiseload=True)
                for text in (Thread.body_md, Thread.body_html, Thread.case, Thread.case_html)
            ),
        )
        .where(ThreadTag.key == key, Thread.hidden_at.is_(None), readable_by(actor))
        .order_by(ThreadTag.thread_id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(ThreadTag.thread_id < after[0])
    return make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))


def list_tags_in_use(actor: User | None) -> list[TagInUse]:
    """Return the tags of threads in the rooms *actor* may read, the most used first."""
    count = func.count(ThreadTag.thread_id)
    rows = db.session.execute(
        select(ThreadTag.key, FreeTag.name, count)
        .join(Thread, Thread.id == ThreadTag.thread_id)
        .join(Room, Room.id == Thread.room_id)
        .outerjoin(FreeTag, FreeTag.key == ThreadTag.key)
        .where(Thread.hidden_at.is_(None), readable_by(actor))
        .group_by(ThreadTag.key, FreeTag.name)
        .order_by(count.desc(), ThreadTag.key)
        .limit(MOST_IN_USE)
    )
    return [TagInUse(_named(key, name), number) for key, name, number in rows]


def _named(key: str, free_name: str | None) -> TagName:
    shipped = shipped_tags().get(key)
    if shipped is not None:
        return TagName(key, shipped.name)
    # A tag of an earlier release that is shipped no more is still shown by its key.
    return TagName(key, free_name or key.replace("-", " ").capitalize(), is_free=True)
