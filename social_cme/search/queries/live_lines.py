"""What was said in live sessions, as the search joins it to its entries.

Rule: whether a line may be seen is asked of its row, with the same conditions as the transcript.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_

from social_cme.live.models import CaptionLine, ChatMessage, LiveQuestion
from social_cme.live.queries.transcript_lines import captions_shown, chat_shown, questions_shown
from social_cme.search.enums import EntryKind
from social_cme.search.models import SearchEntry

LIVE_KINDS = (EntryKind.QUESTION, EntryKind.CHAT, EntryKind.CAPTION)
_MODELS: tuple[tuple[EntryKind, Any], ...] = (
    (EntryKind.QUESTION, LiveQuestion),
    (EntryKind.CHAT, ChatMessage),
    (EntryKind.CAPTION, CaptionLine),
)


def join_lines(statement: Select[Any]) -> Select[Any]:
    """Join the rows of live sessions to the entries that are made of them."""
    for kind, model in _MODELS:
        statement = statement.outerjoin(model, and_(SearchEntry.kind == kind, model.id == SearchEntry.object_id))
    return statement


def lines_shown() -> ColumnElement[bool]:
    """Return which entries are lines that every reader of their room may see now."""
    return or_(
        and_(LiveQuestion.id.is_not(None), questions_shown()),
        and_(ChatMessage.id.is_not(None), chat_shown()),
        and_(CaptionLine.id.is_not(None), captions_shown()),
    )


def room_of_line() -> ColumnElement[int | None]:
    """Return the room in which a line was said."""
    return func.coalesce(LiveQuestion.room_id, ChatMessage.room_id, CaptionLine.room_id)


def session_of_line() -> ColumnElement[int | None]:
    """Return the session in which a line was said."""
    return func.coalesce(LiveQuestion.session_id, ChatMessage.session_id, CaptionLine.session_id)
