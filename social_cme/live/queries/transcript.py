"""The transcript of a session: what was asked, answered, written, captioned and voted on, in the order of time.

Rule: it is made from the rows as they are now, so what was hidden later is hidden here too. The number of statements a page
does not grow with the session.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

from sqlalchemy import and_, or_, select

from social_cme.core.errors import BadRequest
from social_cme.core.pagination import Page, decode_cursor, encode_cursor, make_page
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.live.queries.transcript_lines import SOURCES, Source

PAGE = 100
PRINTED = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a line of that moment, kind and id."""

    at: datetime
    kind: str
    about: int


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A line; ``kind`` is one of the sources."""

    at: datetime
    kind: str
    about: int
    speaker: str
    text: str


def list_transcript(
    session: LiveSession, *, words: str = "", cursor: str | None = None, limit: int = PAGE
) -> Page[Line]:
    """Return the lines of *session* that hold all of *words*, in the order of time."""
    after = _place(cursor)
    found = [_lines(source, session.id, words, after, limit) for source in SOURCES]
    rows = list(islice(merge(*found), limit + 1))
    return make_page(rows, limit=limit, key=lambda one: (one.at.isoformat(), one.kind, one.about))


def cursor_of(kind: str, about: int, at: datetime) -> str:
    """Return the cursor of the page that begins with one line."""
    return encode_cursor(at.isoformat(), kind, about - 1)


def _lines(source: Source, session_id: int, words: str, after: Place | None, limit: int) -> Iterable[Line]:
    model = source.model
    statement = select(model).where(source.session == session_id, source.condition()).options(*source.options)
    if source.join is not None:
        statement = statement.join(*source.join)
    for word in words.split()[:10]:
        statement = statement.where(source.searched.icontains(word, autoescape=True))
    if after is not None:
        # Of equal moments the kinds come in the order of their names, and of one kind the older row first.
        same = [source.at == after.at, model.id > after.about] if source.kind == after.kind else [source.at == after.at]
        follows = source.at > after.at
        statement = statement.where(or_(follows, and_(*same)) if source.kind >= after.kind else follows)
    rows = db.session.scalars(statement.order_by(source.at, model.id).limit(limit + 1)).all()
    return [
        Line(getattr(row, source.at.key), source.kind, row.id, *words)
        for row, words in zip(rows, source.words(rows), strict=True)
    ]


def _place(cursor: str | None) -> Place | None:
    values = decode_cursor(cursor, str, str, int)
    if values is None:
        return None
    try:
        moment = datetime.fromisoformat(str(values[0]))
    except ValueError as error:
        raise BadRequest("This page address is not valid. Start again from the first page.") from error
    if moment.tzinfo is None:
        raise BadRequest("This page address is not valid. Start again from the first page.")
    return Place(moment, str(values[1]), int(values[2] or 0))
