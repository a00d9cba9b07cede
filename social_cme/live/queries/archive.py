"""Reads of what is kept of sessions, and of what was left open in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.models import ChatMessage, LivePoll, LiveQuestion, LiveSession, PollRound, SessionArchive
from social_cme.live.queries.transcript import cursor_of

EXCERPT_LINES = 12


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a thread came from: the session, the question, and the chat and the polls while it was being answered."""

    session: LiveSession
    question: LiveQuestion
    chat: list[ChatMessage]
    has_more: bool
    polls: list[LivePoll]

    @property
    def place(self) -> str:
        """The cursor of the page of the transcript that begins with the question."""
        return cursor_of("question", self.question.id, self.question.created_at)


def archives_by_session(session_ids: Collection[int]) -> dict[int, SessionArchive]:
    """Return the archives of some sessions with who summed them up, as the database has them now."""
    if not session_ids:
        return {}
    statement = (
        select(SessionArchive)
        .where(SessionArchive.session_id.in_(list(session_ids)))
        .options(joinedload(SessionArchive.summarized_by))
        .execution_options(populate_existing=True)
    )
    return {archive.session_id: archive for archive in db.session.scalars(statement)}


def find_archive(session_id: int) -> SessionArchive | None:
    """Return the archive of a session, ``None`` while there is none."""
    return archives_by_session([session_id]).get(session_id)


def access_archive(session: LiveSession) -> SessionArchive:
    """Return the archive of a session; raise ``NotFound`` while there is none."""
    archive = find_archive(session.id)
    if archive is None:
        raise NotFound
    return archive


def find_origin(live_question_id: int) -> Origin | None:
    """Return what a thread that came from a live question shows of its session; four statements at most."""
    question = db.session.get(LiveQuestion, live_question_id)
    session = db.session.get(LiveSession, question.session_id) if question is not None else None
    if question is None or session is None:
        return None
    since, until = question.answering_at, question.answered_at or session.ended_at
    lines = _chat_between(session.id, since, until)
    polls = _polls_between(session.id, since, until)
    return Origin(session, question, lines[:EXCERPT_LINES], has_more=len(lines) > EXCERPT_LINES, polls=polls)


def _polls_between(session_id: int, since: datetime | None, until: datetime | None) -> list[LivePoll]:
    if since is None or until is None:
        return []
    voted_on = select(PollRound.poll_id).where(
        PollRound.opened_at <= until, or_(PollRound.closed_at.is_(None), PollRound.closed_at >= since)
    )
    statement = select(LivePoll).where(LivePoll.session_id == session_id, LivePoll.id.in_(voted_on))
    return list(db.session.scalars(statement.order_by(LivePoll.id)))


def _chat_between(session_id: int, since: datetime | None, until: datetime | None) -> list[ChatMessage]:
    if since is None or until is None:
        return []
    statement = (
        select(ChatMessage)
        .where(
            ChatMessage.session_id == session_id,
            ChatMessage.created_at >= since,
            ChatMessage.created_at <= until,
            ChatMessage.hidden_at.is_(None),
        )
        .options(joinedload(ChatMessage.author))
        .order_by(ChatMessage.id)
    )
    return list(db.session.scalars(statement.limit(EXCERPT_LINES + 1)))
