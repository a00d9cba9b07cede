"""Imports question-and-answer pairs as threads: streamed, in short transactions, as often as one likes.

Rule: a pair that is in the room already is passed over, so an import that was cut off is simply started again. Nobody earns
anything by an import: its facts have no actor and its threads belong to the archive.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from sqlalchemy import func, insert, select, update

from social_cme.accounts.services.archive import archive_account
from social_cme.core.errors import NotFound
from social_cme.core.text import excerpt
from social_cme.discussions.enums import CitationKind, PostKind, ThreadKind, ThreadStatus
from social_cme.discussions.events import ThreadsImported
from social_cme.discussions.models import Citation, Post, Thread
from social_cme.discussions.rules.imports import LINE_LIMIT, BadLine, ImportedPair, read_pair
from social_cme.extensions import db
from social_cme.persistence.inserting import insert_into
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.models import Room
from social_cme.web.markdown import plain_text, render_markdown

# Short enough that people who write meanwhile notice nothing: a batch holds the write lock for some tens of milliseconds.
BATCH = 100
EXCERPT_LIMIT = 200
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Report = Callable[[int, str], None]


@dataclass(slots=True)
class ImportCount:
    """How far an import is: lines read, threads written, pairs that were there already, lines that were bad."""

    lines: int = 0
    written: int = 0
    known: int = 0
    bad: int = 0

    @property
    def understood(self) -> int:
        """How many lines held a pair."""
        return self.written + self.known


@dataclass(frozen=True, slots=True)
class _ReadyPair:
    pair: ImportedPair
    body_html: str
    answer_html: str


def import_threads(
    source: IO[bytes], *, room_slug: str, report: Report, count: ImportCount, batch: int = BATCH
) -> Iterator[None]:
    """Import the pairs of a JSON-lines file, plain or gzipped, into a room; yields after every batch.

    *count* is kept up to date, and ``report(line, reason)`` hears of each bad line. Raises ``NotFound`` when there is no such
    room. Memory does not grow with the file.
    """
    room_id = db.session.scalar(select(Room.id).where(Room.slug == room_slug))
    if room_id is None:
        raise NotFound(f"There is no room “{room_slug}”.")
    author_id = archive_account()
    pairs = _pairs(source, count, report)
    while group := list(islice(pairs, batch)):
        unique = {pair.ref: pair for pair in group}
        known = set(db.session.scalars(_known(room_id, unique)))
        db.session.rollback()
        new = [_ready(pair) for ref, pair in unique.items() if ref not in known]
        written = _write(room_id, author_id, new) if new else 0
        count.written += written
        count.known += len(group) - written
        yield
    yield


def _known(room_id: int, refs: Iterable[str]) -> Any:
    return select(Thread.source_ref).where(Thread.room_id == room_id, Thread.source_ref.in_(list(refs)))


def _pairs(source: IO[bytes], count: ImportCount, report: Report) -> Iterator[ImportedPair]:
    for number, line in _lines(source, report, count):
        count.lines = number
        try:
            if line is None:
                raise BadLine(f"longer than {LINE_LIMIT // 1024} KB")
            yield read_pair(line)
        except BadLine as error:
            count.bad += 1
            report(number, str(error))


def _lines(source: IO[bytes], report: Report, count: ImportCount) -> Iterator[tuple[int, bytes | None]]:
    """Yield numbered lines that are not blank; ``None`` for one that is too long to be kept in memory."""
    stream: IO[bytes] = source
    start = source.read(2)
    source.seek(0)
    if start == _GZIP:
        stream = gzip.GzipFile(fileobj=source)  # type: ignore[assignment]
    number = 0
    try:
        while line := stream.readline(LINE_LIMIT + 1):
            number += 1
            if number == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if len(line) > LINE_LIMIT:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(LINE_LIMIT)
                yield number, None
            elif line.strip():
                yield number, line
    except (EOFError, OSError, zlib.error):
        count.bad += 1
        report(number + 1, "the compressed file is damaged or cut off from here on")


def _ready(pair: ImportedPair) -> _ReadyPair:
    # Rendering takes longer than writing, so it is done before the transaction begins.
    return _ReadyPair(pair, render_markdown(pair.body) if pair.body else "", render_markdown(pair.answer))


def _write(room_id: int, author_id: int, ready: list[_ReadyPair]) -> int:
    with transaction() as tx:
        # What was there before the import stays on top and nothing is new to anybody: imported threads are as old as the room.
        moment = tx.session.scalars(select(Room.created_at).where(Room.id == room_id)).one()
        common = {"room_id": room_id, "author_id": author_id, "created_at": moment}
        ids = _insert_threads(tx, [_thread_values(one, common) for one in ready])
        if not ids:
            return 0
        new = {ids[one.pair.ref]: one for one in ready if one.pair.ref in ids}
        _insert_answers(tx, new, common)
        tx.session.execute(
            update(Room)
            .where(Room.id == room_id)
            .values(
                thread_count=Room.thread_count + len(new), last_activity_at=func.coalesce(Room.last_activity_at, moment)
            )
            .execution_options(synchronize_session=False)
        )
        tx.record(
            ThreadsImported(
                actor_id=None,
                room_id=room_id,
                first_thread_id=min(new),
                last_thread_id=max(new),
                threads=len(new),
            )
        )
        return len(new)


def _insert_threads(tx: Transaction, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Write threads and return their ids by reference; one that another import wrote a moment ago is left out."""
    statement = (
        insert_into(tx.session, Thread)
        .on_conflict_do_nothing(index_elements=["room_id", "source_ref"])
        .returning(Thread.source_ref, Thread.id)
    )
    return {row[0]: row[1] for row in tx.session.execute(statement, rows)}


def _thread_values(one: _ReadyPair, common: dict[str, Any]) -> dict[str, Any]:
    body = plain_text(one.body_html) or one.pair.title
    return {
        **common,
        "kind": ThreadKind.QUESTION,
        "title": one.pair.title,
        "body_md": one.pair.body,
        "body_html": one.body_html,
        "excerpt": excerpt(body, limit=EXCERPT_LIMIT),
        "status": ThreadStatus.OPEN,
        "answer_count": 1,
        "last_activity_at": common["created_at"],
        "source_ref": one.pair.ref,
        "source_url": one.pair.url,
    }


def _insert_answers(tx: Transaction, new: dict[int, _ReadyPair], common: dict[str, Any]) -> None:
    rows = [
        {
            **common,
            "thread_id": thread_id,
            "kind": PostKind.ANSWER,
            "body_md": one.pair.answer,
            "body_html": one.answer_html,
        }
        for thread_id, one in new.items()
    ]
    posts = tx.session.execute(insert(Post).returning(Post.thread_id, Post.id), rows).all()
    tx.session.execute(
        update(Thread),
        [{"id": thread_id, "last_post_id": post_id} for thread_id, post_id in posts],
    )
    sources = [
        {
            "post_id": post_id,
            "position": 1,
            "kind": CitationKind.URL,
            "value": new[thread_id].pair.url,
            "label": new[thread_id].pair.source,
        }
        for thread_id, post_id in posts
        if new[thread_id].pair.url
    ]
    if sources:
        tx.session.execute(insert(Citation), sources)
