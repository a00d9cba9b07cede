"""The transcript of a session: what was asked, answered and written, in the order of time.

Rule: it is made from the rows as they are now, so what was hidden later is hidden here too. Each kind of line is one statement
a page, however long the session was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from social_cme.core.errors import BadRequest
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.live.enums import UNSEEN, QuestionState
from social_cme.live.models import ChatMessage, LiveQuestion, LiveSession

PAGE = 100
PRINTED = 5_000
_NOT_SHOWN = {QuestionState.HIDDEN, *UNSEEN}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a line of that moment, kind and id."""

    at: datetime
    kind: str
    about: int


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A line; ``kind`` is one of the sources below."""

    at: datetime
    kind: str
    about: int
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of line: its rows by time, which of them are shown, what is searched, and how one becomes a line."""

    kind: str
    model: Any
    at: InstrumentedAttribute[Any]
    searched: InstrumentedAttribute[str]
    condition: Callable[[], ColumnElement[bool]]
    options: tuple[Any, ...]
    line: Callable[[Any], tuple[str, str]]


def _asked(question: Any) -> tuple[str, str]:
    return question.author.display_name, question.body


def _answered(question: Any) -> tuple[str, str]:
    return question.answered_by.display_name if question.answered_by is not None else "", question.answer_md


def _said(message: Any) -> tuple[str, str]:
    return message.author.display_name, message.body


SOURCES: tuple[Source, ...] = (
    Source(
        "question",
        LiveQuestion,
        LiveQuestion.created_at,
        LiveQuestion.body,
        lambda: LiveQuestion.state.not_in(_NOT_SHOWN),
        (joinedload(LiveQuestion.account_behind),),
        _asked,
    ),
    Source(
        "answer",
        LiveQuestion,
        LiveQuestion.answered_at,
        LiveQuestion.answer_md,
        lambda: and_(LiveQuestion.state.not_in(_NOT_SHOWN), LiveQuestion.answered_at.is_not(None)),
        (joinedload(LiveQuestion.account_behind), joinedload(LiveQuestion.answered_by)),
        _answered,
    ),
    Source(
        "chat",
        ChatMessage,
        ChatMessage.created_at,
        ChatMessage.body,
        lambda: ChatMessage.hidden_at.is_(None),
        (joinedload(ChatMessage.author),),
        _said,
    ),
)


def list_transcript(
    session: LiveSession, *, words: str = "", cursor: str | None = None, limit: int = PAGE
) -> Page[Line]:
    """Return the lines of *session* that hold all of *words*, in the order of time."""
    after = _place(cursor)
    found = [_lines(source, session.id, words, after, limit) for source in SOURCES]
    rows = list(islice(merge(*found), limit + 1))
    return make_page(rows, limit=limit, key=lambda one: (one.at.isoformat(), one.kind, one.about))


def _lines(source: Source, session_id: int, words: str, after: Place | None, limit: int) -> Iterable[Line]:
    model = source.model
    statement = select(model).where(model.session_id == session_id, source.condition()).options(*source.options)
    for word in words.split()[:10]:
        statement = statement.where(source.searched.icontains(word, autoescape=True))
    if after is not None:
        # Of equal moments the kinds come in the order of their names, and of one kind the older row first.
        same = [source.at == after.at, model.id > after.about] if source.kind == after.kind else [source.at == after.at]
        follows = source.at > after.at
        statement = statement.where(or_(follows, and_(*same)) if source.kind >= after.kind else follows)
    ordered = statement.order_by(source.at, model.id).limit(limit + 1)
    for row in db.session.scalars(ordered):
        yield Line(getattr(row, source.at.key), source.kind, row.id, *source.line(row))


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
