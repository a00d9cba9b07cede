"""Reads of what happens in a session: the question queue, the chat, and both at once for a page or a snapshot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.core.events import live_channel
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.live.enums import QuestionState
from social_cme.live.models import ChatMessage, LiveQuestion, LiveSession, QuestionVote
from social_cme.live.queries.attendance import count_present, recorded_seconds
from social_cme.live.queries.breakouts import Layout, find_layout
from social_cme.live.queries.sessions import going_to, list_mentors
from social_cme.persistence.facts import last_seq
from social_cme.rooms.policies import RoomContext

CHAT_SHOWN = 50
MOST_QUESTIONS = 2_000


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a page of a session shows; ``seq`` is the number of the last fact that is certainly in it."""

    seq: int
    session: LiveSession
    mentors: list[User]
    questions: list[LiveQuestion]
    chat: list[ChatMessage]
    earlier_chat: str | None
    my_votes: set[int]
    is_going: bool
    present: int
    my_seconds: int
    layout: Layout | None


def load_board(
    ctx: RoomContext, session: LiveSession, *, chat_limit: int = CHAT_SHOWN, chat_before: str | None = None
) -> Board:
    """Read a session as *ctx* sees it, in a number of statements that does not grow with its size.

    The chat is its end, or what stands before the cursor *chat_before*.
    """
    # The number first, the rows second: what is committed in between is told again and changes nothing.
    seq = last_seq(db.session(), live_channel(session.id))
    chat = list_chat(session, cursor=chat_before, limit=chat_limit)
    return Board(
        seq=seq,
        session=session,
        mentors=list_mentors([session.id])[session.id],
        questions=list_questions(session.id),
        chat=list(reversed(chat.items)),
        earlier_chat=chat.next_cursor,
        my_votes=my_votes(ctx.actor_id, session.id),
        is_going=bool(going_to(ctx.actor_id, [session.id])),
        present=count_present(session.id),
        my_seconds=recorded_seconds(ctx.actor_id, session.id, start=session.started_at, end=session.ended_at),
        layout=find_layout(session.id),
    )


def access_question(session: LiveSession, question_id: int) -> LiveQuestion:
    """Return a question of this session; raise ``NotFound`` for one that is absent or of another session."""
    question = db.session.scalar(
        select(LiveQuestion).where(LiveQuestion.id == question_id, LiveQuestion.session_id == session.id)
    )
    if question is None:
        raise NotFound
    return question


def access_message(session: LiveSession, message_id: int) -> ChatMessage:
    """Return a line of this session's chat; raise ``NotFound`` for one that is absent or of another session."""
    message = db.session.scalar(
        select(ChatMessage).where(ChatMessage.id == message_id, ChatMessage.session_id == session.id)
    )
    if message is None:
        raise NotFound
    return message


def list_questions(session_id: int) -> list[LiveQuestion]:
    """Return the questions of a session with their authors, the most wanted first."""
    return list(
        db.session.scalars(
            select(LiveQuestion)
            .where(LiveQuestion.session_id == session_id)
            .options(joinedload(LiveQuestion.author), joinedload(LiveQuestion.answered_by))
            .order_by(LiveQuestion.score.desc(), LiveQuestion.id)
            .limit(MOST_QUESTIONS)
        )
    )


def find_most_wanted(session_id: int) -> LiveQuestion | None:
    """Return the waiting question with the most support, the earliest of equals."""
    return db.session.scalar(
        select(LiveQuestion)
        .where(LiveQuestion.session_id == session_id, LiveQuestion.state == QuestionState.OPEN)
        .order_by(LiveQuestion.score.desc(), LiveQuestion.id)
        .limit(1)
    )


def questions_by_id(ids: Collection[int]) -> dict[int, LiveQuestion]:
    """Return some questions with their authors, as the database has them now."""
    if not ids:
        return {}
    statement = (
        select(LiveQuestion)
        .where(LiveQuestion.id.in_(list(ids)))
        .options(joinedload(LiveQuestion.author), joinedload(LiveQuestion.answered_by))
        .execution_options(populate_existing=True)
    )
    return {question.id: question for question in db.session.scalars(statement)}


def messages_by_id(ids: Collection[int]) -> dict[int, ChatMessage]:
    """Return some lines of chat with their authors, as the database has them now."""
    if not ids:
        return {}
    statement = (
        select(ChatMessage)
        .where(ChatMessage.id.in_(list(ids)))
        .options(joinedload(ChatMessage.author))
        .execution_options(populate_existing=True)
    )
    return {message.id: message for message in db.session.scalars(statement)}


def my_votes(actor_id: int | None, session_id: int) -> set[int]:
    """Return the questions that somebody supports; a vote for a merged question supports the one it was merged into."""
    if actor_id is None:
        return set()
    rows = db.session.execute(
        select(LiveQuestion.id, LiveQuestion.merged_into_id)
        .join(QuestionVote, QuestionVote.question_id == LiveQuestion.id)
        .where(
            LiveQuestion.session_id == session_id,
            QuestionVote.user_id == actor_id,
            QuestionVote.withdrawn_at.is_(None),
        )
    )
    return {target or question_id for question_id, target in rows}


def threads_by_question(session_id: int) -> dict[int, int]:
    """Return the threads that the questions of a session became; a merged one leads to its target's."""
    statement = select(LiveQuestion.id, LiveQuestion.thread_id).where(LiveQuestion.session_id == session_id)
    rows = db.session.execute(statement.order_by(LiveQuestion.id))
    return {question_id: thread_id for question_id, thread_id in rows if thread_id is not None}


def count_supporters(question: LiveQuestion) -> int:
    """Count the people behind a question and those merged into it, each once, without its own author."""
    family = select(LiveQuestion.id).where(
        or_(LiveQuestion.id == question.id, LiveQuestion.merged_into_id == question.id)
    )
    statement = select(func.count(func.distinct(QuestionVote.user_id))).where(
        QuestionVote.question_id.in_(family),
        QuestionVote.withdrawn_at.is_(None),
        QuestionVote.user_id != question.author_id,
    )
    return db.session.scalar(statement) or 0


def list_merged(question_id: int) -> Sequence[LiveQuestion]:
    """Return the questions that were merged into another."""
    return db.session.scalars(select(LiveQuestion).where(LiveQuestion.merged_into_id == question_id)).all()


def list_votes_in_family(user_id: int, question: LiveQuestion) -> list[QuestionVote]:
    """Return somebody's votes on a question and on those merged into it, also the ones taken back."""
    family = or_(LiveQuestion.id == question.id, LiveQuestion.merged_into_id == question.id)
    return list(
        db.session.scalars(
            select(QuestionVote)
            .join(LiveQuestion, LiveQuestion.id == QuestionVote.question_id)
            .where(family, QuestionVote.user_id == user_id)
        )
    )


def count_asked(user_id: int, session_id: int) -> int:
    """Count the questions somebody has waiting in a session."""
    statement = select(func.count(LiveQuestion.id)).where(
        LiveQuestion.session_id == session_id,
        LiveQuestion.author_id == user_id,
        LiveQuestion.state == QuestionState.OPEN,
    )
    return db.session.scalar(statement) or 0


def list_chat(session: LiveSession, *, cursor: str | None = None, limit: int = CHAT_SHOWN) -> Page[ChatMessage]:
    """Return the chat backwards: the newest lines first, then the ones before."""
    statement = select(ChatMessage).where(ChatMessage.session_id == session.id).options(joinedload(ChatMessage.author))
    before = decode_cursor(cursor, int)
    if before is not None:
        statement = statement.where(ChatMessage.id < before[0])
    rows = list(db.session.scalars(statement.order_by(ChatMessage.id.desc()).limit(limit + 1)))
    return make_page(rows, limit=limit, key=lambda one: (one.id,))
