"""Makes the whole index anew, in steps short enough that people can go on writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from social_cme.accounts.models import User
from social_cme.discussions.models import Post, Thread
from social_cme.extensions import db
from social_cme.live.models import CaptionLine, ChatMessage, LiveQuestion
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from social_cme.search.models import SearchBacklog, SearchEntry
from social_cme.search.services.indexing import index_people, index_posts, index_rooms, index_thread_texts
from social_cme.search.services.indexing_live import index_captions, index_chat, index_questions

STEP = 50
Indexer = Callable[[list[int]], int]
Indexed = type[Room | User | Thread | Post | LiveQuestion | ChatMessage | CaptionLine]
_SOURCES: tuple[tuple[Indexed, Indexer], ...] = (
    (Room, index_rooms),
    (User, index_people),
    (Thread, index_thread_texts),
    (Post, index_posts),
    (LiveQuestion, index_questions),
    (ChatMessage, index_chat),
    (CaptionLine, index_captions),
)


def count_sources() -> int:
    """Return how many rows a rebuild reads; for its progress bar."""
    return sum(db.session.scalar(select(func.count(model.id))) or 0 for model, _ in _SOURCES)


def count_entries() -> int:
    """Return how many texts the search knows."""
    return db.session.scalar(select(func.count(SearchEntry.id))) or 0


def rebuild() -> Iterator[int]:
    """Read everything again, yielding after each step how many rows it took; can be stopped and started at any time."""
    noted = db.session.scalar(select(func.max(SearchBacklog.id))) or 0
    for model, index in _SOURCES:
        last = 0
        while True:
            ids = list(db.session.scalars(_next_ids(model.id, last)))
            if not ids:
                break
            index(ids)
            last = ids[-1]
            yield len(ids)
    with transaction() as tx:
        # What was noted before the beginning has been read by now.
        tx.session.execute(delete(SearchBacklog).where(SearchBacklog.id <= noted))
    repair_index()


def _next_ids(column: InstrumentedAttribute[int], last: int) -> Select[int]:
    return select(column).where(column > last).order_by(column).limit(STEP)


def repair_index() -> None:
    """Make the word index from the entries again; with tens of thousands of them this holds other writers for seconds."""
    with transaction() as tx:
        if tx.session.get_bind().dialect.name == "sqlite":
            tx.session.execute(text("INSERT INTO search_index (search_index) VALUES ('rebuild')"))
            return
        tx.session.execute(text("DELETE FROM search_index"))
        tx.session.execute(text("UPDATE search_entry SET title = title"))
