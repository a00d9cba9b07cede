"""Reads of what is kept of sessions, and of what was left open in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.models import ChatMessage, LiveQuestion, LiveSession, SessionArchive

EXCERPT_LINES = 12


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a thread came from: the session, the question, and the chat while it was being answered."""

    session: LiveSession
    question: LiveQuestion
    chat: list[ChatMessage]
    has_more: bool


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
    """Return what a thread that came from a live question shows of its session; three statements at most."""
    question = db.session.get(LiveQuestion, live_question_id)
    session = db.session.get(LiveSession, question.session_id) if question is not None else None
    if question is None or session is None:
        return None
    lines = _chat_between(session.id, question.answering_at, question.answered_at or session.ended_at)
    return Origin(session, question, lines[:EXCERPT_LINES], has_more=len(lines) > EXCERPT_LINES)


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
