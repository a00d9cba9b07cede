"""Reads of what happens in a session: the question queue, the chat, and both at once for a page or a snapshot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.core.events import live_channel
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.live.enums import UNSEEN, QuestionState, RsvpState
from social_cme.live.events import stage_channel
from social_cme.live.models import ChatMessage, LiveQuestion, LiveSession, QuestionVote, SessionArchive
from social_cme.live.policies import can_lead
from social_cme.live.queries.agenda import Agenda, load_agenda
from social_cme.live.queries.archive import find_archive
from social_cme.live.queries.attendance import count_present, recorded_seconds
from social_cme.live.queries.breakouts import Layout, find_layout
from social_cme.live.queries.console import Unseen, list_unseen
from social_cme.live.queries.options import Options, find_options
from social_cme.live.queries.polls import MyBallot, PollSheet, list_polls, load_sheets, my_ballots
from social_cme.live.queries.reactions import my_reactions
from social_cme.live.queries.rsvps import MyRsvp, my_rsvp
from social_cme.live.queries.sessions import list_mentors
from social_cme.live.queries.stage import StageBoard, load_stage
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
    my_rsvp: MyRsvp
    present: int
    my_seconds: int
    archive: SessionArchive | None
    agenda: Agenda
    polls: list[PollSheet]
    my_ballots: dict[int, MyBallot]
    stage: StageBoard
    layout: Layout | None
    options: Options = field(default_factory=Options)
    order: list[int] = field(default_factory=list)
    mine: set[int] = field(default_factory=set)
    unseen: Unseen = field(default_factory=Unseen)
    stage_seq: int | None = None
    pinned: ChatMessage | None = None
    my_reactions: dict[int, list[str]] = field(default_factory=dict)

    @property
    def is_going(self) -> bool:
        """Whether the reader has a place."""
        return self.my_rsvp.state == RsvpState.GOING


def load_board(
    ctx: RoomContext, session: LiveSession, *, chat_limit: int = CHAT_SHOWN, chat_before: str | None = None
) -> Board:
    """Read a session as *ctx* sees it, in a number of statements that does not grow with its size.

    The chat is its end, or what stands before the cursor *chat_before*.
    """
    # The number first, the rows second: what is committed in between is told again and changes nothing.
    seq = last_seq(db.session(), live_channel(session.id))
    stage_seq = last_seq(db.session(), stage_channel(session.id))
    chat = list_chat(session, cursor=chat_before, limit=chat_limit)
    polls = load_sheets(list_polls(session.id))
    mentors = list_mentors([session.id])[session.id]
    leads = bool(can_lead(ctx, {mentor.id for mentor in mentors}))
    questions = list_questions(session.id)
    options = find_options(session.id)
    return Board(
        seq=seq,
        session=session,
        mentors=mentors,
        questions=questions,
        chat=list(reversed(chat.items)),
        earlier_chat=chat.next_cursor,
        my_votes=my_votes(ctx.actor_id, session.id),
        my_rsvp=my_rsvp(ctx.actor_id, session.id),
        present=count_present(session.id),
        my_seconds=recorded_seconds(ctx.actor_id, session.id),
        archive=find_archive(session.id) if session.archived_at is not None else None,
        agenda=load_agenda(session.id),
        polls=polls,
        my_ballots=my_ballots(ctx.actor_id, polls),
        options=options,
        order=placed_by_hand(questions),
        mine={one.id for one in questions if ctx.actor_id is not None and one.author_id == ctx.actor_id},
        unseen=list_unseen(session.id, ctx.actor_id, leads=leads),
        stage_seq=stage_seq if leads else None,
        pinned=find_pinned(options),
        my_reactions=my_reactions(ctx.actor_id, [one.id for one in chat.items]),
        stage=load_stage(session),
        layout=find_layout(session.id),
    )


def find_pinned(options: Options) -> ChatMessage | None:
    """Return the line that is pinned to the top of the chat, ``None`` when none is or when it was hidden."""
    if options.pinned_message_id is None:
        return None
    message = messages_by_id({options.pinned_message_id}).get(options.pinned_message_id)
    return message if message is not None and message.hidden_at is None else None


def placed_by_hand(questions: Sequence[LiveQuestion]) -> list[int]:
    """Return those of *questions*, which come in their order, whose place who leads has chosen."""
    return [one.id for one in questions if one.rank is not None]


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
    """Return the questions of a session that everybody sees, with their authors.

    First those that who leads placed, in the order of the places, then the others, the most wanted first.
    """
    statement = _in_order(with_people(select(LiveQuestion))).where(LiveQuestion.session_id == session_id, is_seen())
    return list(db.session.scalars(statement.limit(MOST_QUESTIONS)))


def list_order(session_ids: Collection[int]) -> dict[int, list[int]]:
    """Return for each of some sessions the questions whose place who leads has chosen, in that order."""
    found: dict[int, list[int]] = {session_id: [] for session_id in session_ids}
    if found:
        placed = (LiveQuestion.session_id.in_(list(found)), LiveQuestion.rank.is_not(None), is_seen())
        for question in db.session.scalars(_in_order(select(LiveQuestion)).where(*placed)):
            found[question.session_id].append(question.id)
    return found


def list_waiting(session_id: int) -> list[LiveQuestion]:
    """Return the waiting questions of a session in their order."""
    waiting = (LiveQuestion.session_id == session_id, LiveQuestion.state == QuestionState.OPEN)
    return list(db.session.scalars(_in_order(select(LiveQuestion)).where(*waiting)))


def is_seen() -> ColumnElement[bool]:
    """Build the condition that a question is shown to everybody in the session."""
    return LiveQuestion.state.not_in([str(one) for one in UNSEEN])


def with_people(statement: Select[LiveQuestion]) -> Select[LiveQuestion]:
    """Load with questions who asked and who answered them."""
    return statement.options(joinedload(LiveQuestion.account_behind), joinedload(LiveQuestion.answered_by))


def _in_order(statement: Select[LiveQuestion]) -> Select[LiveQuestion]:
    return statement.order_by(
        LiveQuestion.rank.is_(None), LiveQuestion.rank, LiveQuestion.score.desc(), LiveQuestion.id
    )


def find_most_wanted(session_id: int) -> LiveQuestion | None:
    """Return the waiting question that comes next: placed first, else with the most support, the earliest of equals."""
    waiting = (LiveQuestion.session_id == session_id, LiveQuestion.state == QuestionState.OPEN)
    return db.session.scalar(_in_order(select(LiveQuestion)).where(*waiting).limit(1))


def questions_by_id(ids: Collection[int]) -> dict[int, LiveQuestion]:
    """Return some questions with their authors, as the database has them now."""
    if not ids:
        return {}
    statement = with_people(select(LiveQuestion)).where(LiveQuestion.id.in_(list(ids)))
    rows = db.session.scalars(statement.execution_options(populate_existing=True))
    return {question.id: question for question in rows}


def messages_by_id(ids: Collection[int]) -> dict[int, ChatMessage]:
    """Return some lines of chat with their authors, as the database has them now."""
    if not ids:
        return {}
    statement = _with_parts(select(ChatMessage)).where(ChatMessage.id.in_(list(ids)))
    rows = db.session.scalars(statement.execution_options(populate_existing=True))
    return {message.id: message for message in rows}


def _with_parts(statement: Select[ChatMessage]) -> Select[ChatMessage]:
    return statement.options(
        joinedload(ChatMessage.author),
        joinedload(ChatMessage.reply_to).joinedload(ChatMessage.author),
        selectinload(ChatMessage.tallies),
        selectinload(ChatMessage.mentions),
    )


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


def list_merged(question_id: int) -> Sequence[LiveQuestion]:
    """Return the questions that were merged into another."""
    return db.session.scalars(select(LiveQuestion).where(LiveQuestion.merged_into_id == question_id)).all()


def count_asked(user_id: int, session_id: int) -> int:
    """Count the questions somebody has waiting in a session."""
    statement = select(func.count(LiveQuestion.id)).where(
        LiveQuestion.session_id == session_id,
        LiveQuestion.author_id == user_id,
        LiveQuestion.state.in_([QuestionState.OPEN, QuestionState.PENDING]),
    )
    return db.session.scalar(statement) or 0


def list_chat(session: LiveSession, *, cursor: str | None = None, limit: int = CHAT_SHOWN) -> Page[ChatMessage]:
    """Return the chat backwards: the newest lines first, then the ones before."""
    statement = _with_parts(select(ChatMessage)).where(ChatMessage.session_id == session.id)
    before = decode_cursor(cursor, int)
    if before is not None:
        statement = statement.where(ChatMessage.id < before[0])
    rows = list(db.session.scalars(statement.order_by(ChatMessage.id.desc()).limit(limit + 1)))
    return make_page(rows, limit=limit, key=lambda one: (one.id,))
