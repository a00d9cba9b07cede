"""The kinds of lines of a transcript: where their rows are, which of them are shown, and how they are worded.

Rule: what is shown here is what every reader of the room may see; a line never tells who voted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from social_cme.extensions import db
from social_cme.live.enums import UNSEEN, QuestionState
from social_cme.live.models import (
    CaptionLine,
    ChatMessage,
    LivePoll,
    LiveQuestion,
    PollRound,
    Segment,
    SegmentRun,
)
from social_cme.live.queries.polls import PollSheet, RoundSheet, load_sheets, polls_by_id
from social_cme.live.rules.poll_words import result_text, votes_text

Words = tuple[str, str]
_NOT_SHOWN = {QuestionState.HIDDEN, *UNSEEN}


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of line: its rows by time, which of them are shown, what is searched, and how they become speaker and text."""

    kind: str
    model: Any
    at: InstrumentedAttribute[Any]
    session: InstrumentedAttribute[int]
    searched: InstrumentedAttribute[str]
    condition: Callable[[], ColumnElement[bool]]
    words: Callable[[Sequence[Any]], list[Words]]
    options: tuple[Any, ...] = ()
    # Where session or words stand in another table: that table and how it is joined.
    join: tuple[Any, ColumnElement[bool]] | None = None


def questions_shown() -> ColumnElement[bool]:
    """Return which questions everybody sees: neither hidden nor waiting for approval nor declined."""
    return LiveQuestion.state.not_in(_NOT_SHOWN)


def chat_shown() -> ColumnElement[bool]:
    """Return which lines of chat everybody sees."""
    return ChatMessage.hidden_at.is_(None)


def captions_shown() -> ColumnElement[bool]:
    """Return which captions everybody sees."""
    return CaptionLine.hidden_at.is_(None)


def _answered(questions: Sequence[Any]) -> list[Words]:
    return [
        (one.answered_by.display_name if one.answered_by is not None else "", one.answer_md or "Answered aloud.")
        for one in questions
    ]


def _said(rows: Sequence[Any]) -> list[Words]:
    return [(one.author.display_name, one.body) for one in rows]


def _captioned(captions: Sequence[Any]) -> list[Words]:
    # Whoever types captions is not the one who speaks.
    return [("", one.body) for one in captions]


def _begun(runs: Sequence[Any]) -> list[Words]:
    wanted = select(Segment.id, Segment.title).where(Segment.id.in_({run.segment_id for run in runs}))
    titles = {row.id: row.title for row in db.session.execute(wanted)} if runs else {}
    return [("", titles.get(run.segment_id, "")) for run in runs]


def _opened(rounds: Sequence[Any]) -> list[Words]:
    polls = polls_by_id({one.poll_id for one in rounds})
    return [("", f"{polls[one.poll_id].question}{_vote(one.number, polls[one.poll_id])}") for one in rounds]


def _closed(rounds: Sequence[Any]) -> list[Words]:
    polls = polls_by_id({one.poll_id for one in rounds})
    sheets = {sheet.poll.id: sheet for sheet in load_sheets(list(polls.values()))}
    return [("", _result(sheets[one.poll_id], one.number)) for one in rounds]


def _vote(number: int, poll: LivePoll) -> str:
    return f" (vote {number})" if poll.round > 1 else ""


def _result(sheet: PollSheet, number: int) -> str:
    one = next(one for one in sheet.rounds if one.round.number == number)
    lines = [
        f"{sheet.poll.question}{_vote(number, sheet.poll)}",
        f"{votes_text(one.round.voters)}. {_told(sheet, one)}",
    ]
    if sheet.shows_solution and sheet.poll.correct:
        lines.append("Right: " + "; ".join(sheet.poll.options[place - 1] for place in sheet.poll.correct))
    return "\n".join(line.strip() for line in lines)


def _told(sheet: PollSheet, one: RoundSheet) -> str:
    if one.round.voters == 0:
        return ""
    if not sheet.shows_results():
        return "The result is not shown."
    if one.is_withheld:
        return "Too few anonymous votes to tell."
    texts = [(group.text, group.count) for group in one.groups if not group.is_hidden]
    return result_text(sheet.poll.kind, sheet.poll.options, one.summary, texts)


_ROUNDS: tuple[Any, ColumnElement[bool]] = (LivePoll, LivePoll.id == PollRound.poll_id)

SOURCES: tuple[Source, ...] = (
    Source(
        "question",
        LiveQuestion,
        LiveQuestion.created_at,
        LiveQuestion.session_id,
        LiveQuestion.body,
        questions_shown,
        _said,
        options=(joinedload(LiveQuestion.account_behind),),
    ),
    Source(
        "answer",
        LiveQuestion,
        LiveQuestion.answered_at,
        LiveQuestion.session_id,
        LiveQuestion.answer_md,
        lambda: and_(questions_shown(), LiveQuestion.answered_at.is_not(None)),
        _answered,
        options=(joinedload(LiveQuestion.account_behind), joinedload(LiveQuestion.answered_by)),
    ),
    Source(
        "chat",
        ChatMessage,
        ChatMessage.created_at,
        ChatMessage.session_id,
        ChatMessage.body,
        chat_shown,
        _said,
        options=(joinedload(ChatMessage.author),),
    ),
    Source(
        "caption",
        CaptionLine,
        CaptionLine.created_at,
        CaptionLine.session_id,
        CaptionLine.body,
        captions_shown,
        _captioned,
    ),
    Source(
        "segment",
        SegmentRun,
        SegmentRun.started_at,
        SegmentRun.session_id,
        Segment.title,
        true,
        _begun,
        join=(Segment, Segment.id == SegmentRun.segment_id),
    ),
    Source("poll", PollRound, PollRound.opened_at, LivePoll.session_id, LivePoll.question, true, _opened, join=_ROUNDS),
    Source(
        "result",
        PollRound,
        PollRound.closed_at,
        LivePoll.session_id,
        LivePoll.question,
        lambda: PollRound.closed_at.is_not(None),
        _closed,
        join=_ROUNDS,
    ),
)
