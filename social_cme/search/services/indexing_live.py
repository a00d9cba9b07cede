"""Reads what was said in live sessions into the search's entries.

Rule: a question is read with every fact about it. Chat and captions are read when their session has ended, and only lines of
three words or more: while a session runs nobody looks for them here, and a thousand greetings would bury what was said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from social_cme.live.models import CaptionLine, ChatMessage, LiveQuestion
from social_cme.live.queries.transcript_lines import captions_shown, chat_shown, questions_shown
from social_cme.persistence.transaction import transaction
from social_cme.search.enums import EntryKind
from social_cme.search.models import SearchEntry
from social_cme.search.services.indexing import joined_words, write_entries

STEP = 200
LEAST_WORDS = 3


def index_questions(question_ids: Sequence[int]) -> int:
    """Read questions with their answers; forget those that nobody may see."""
    return _read(EntryKind.QUESTION, LiveQuestion, questions_shown(), question_ids, _question_values)


def index_chat(message_ids: Sequence[int]) -> int:
    """Read lines of chat; forget those that were hidden."""
    return _read(EntryKind.CHAT, ChatMessage, chat_shown(), message_ids, _line_values(EntryKind.CHAT))


def index_captions(caption_ids: Sequence[int]) -> int:
    """Read lines of captions; forget those that were taken back."""
    return _read(EntryKind.CAPTION, CaptionLine, captions_shown(), caption_ids, _line_values(EntryKind.CAPTION))


def index_session(session_id: int) -> None:
    """Read everything that was said in a session that has ended, in short transactions."""
    for model, index in (
        (LiveQuestion, index_questions),
        (ChatMessage, index_chat),
        (CaptionLine, index_captions),
    ):
        last = 0
        while ids := _next_ids(model.id, model.session_id, session_id, last):
            index(ids)
            last = ids[-1]


def _next_ids(
    column: InstrumentedAttribute[int], owner: InstrumentedAttribute[int], session_id: int, last: int
) -> list[int]:
    with transaction() as tx:
        statement = select(column).where(owner == session_id, column > last).order_by(column).limit(STEP)
        return list(tx.session.scalars(statement))


def _read(
    kind: EntryKind,
    model: Any,
    shown: ColumnElement[bool],
    ids: Sequence[int],
    values: Callable[[Any], dict[str, Any] | None],
) -> int:
    with transaction() as tx:
        rows = tx.session.scalars(
            select(model).where(model.id.in_(ids), shown).execution_options(populate_existing=True)
        ).all()
        made = [one for one in map(values, rows) if one is not None]
        gone = set(ids) - {one["object_id"] for one in made}
        if gone:
            entries = delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.object_id.in_(gone))
            tx.session.execute(entries.execution_options(synchronize_session=False))
        return write_entries(tx, made)


def _question_values(question: LiveQuestion) -> dict[str, Any]:
    return {
        "kind": EntryKind.QUESTION,
        "object_id": question.id,
        "thread_id": None,
        "title": joined_words(question.body),
        "body": joined_words(question.answer_md),
        "created_at": question.created_at,
    }


def _line_values(kind: EntryKind) -> Callable[[Any], dict[str, Any] | None]:
    def values(line: ChatMessage | CaptionLine) -> dict[str, Any] | None:
        if len(line.body.split()) < LEAST_WORDS:
            return None
        body = joined_words(line.body)
        return {
            "kind": kind,
            "object_id": line.id,
            "thread_id": None,
            "title": "",
            "body": body,
            "created_at": line.created_at,
        }

    return values
