"""Recall cards of the person who asks, and which readers of solved cases have none yet.

Rule: a card is shown only while its case can be read with everything below it; one that cannot be waits and names nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.enums import PostKind, SummaryKind, ThreadKind, ThreadStatus
from social_cme.discussions.models import (
    CaseOutcome,
    Post,
    ReadMark,
    RecallCard,
    RecallPreference,
    Thread,
    ThreadSummary,
)
from social_cme.discussions.queries.pages import PostView, post_views
from social_cme.discussions.queries.sight import discussion_open_to
from social_cme.extensions import db
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room_by_id
from social_cme.rooms.queries.directory import readable_by

# What was read longer ago is not dug out again.
READ_WITHIN = timedelta(days=120)
ANSWERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read a solved case."""

    user_id: int
    thread_id: int
    time_zone: str
    learned_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A card with its case; the answer is fetched when it is turned."""

    card: RecallCard
    thread: Thread
    room: Room


@dataclass(frozen=True, slots=True)
class TurnedCard:
    """What a card shows on its other side: endorsed and accepted answers, the take-home, the outcomes."""

    card: Card
    answers: Sequence[PostView]
    outcomes: Sequence[CaseOutcome]
    take_home: ThreadSummary | None


def list_due(actor: User, *, limit: int = 20) -> list[Card]:
    """Return the cards that are due, the longest waiting first; none when the person wants none."""
    statement = _shown(actor).where(_due()).order_by(RecallCard.due_at, RecallCard.id).limit(limit)
    return [Card(row[0], row[1], row[2]) for row in db.session.execute(statement)]


def count_due(actor: User) -> int:
    """Return how many cards are due."""
    return db.session.scalar(select(func.count()).select_from(_shown(actor).where(_due()).subquery())) or 0


def next_due_at(actor: User) -> datetime | None:
    """Return when the next card comes, ``None`` when none is laid out."""
    coming = _shown(actor).where(RecallCard.due_at > clock.now()).subquery()
    moment: datetime | None = db.session.scalar(select(func.min(coming.c.due_at)))
    return moment


def find_card(actor: User, card_id: int) -> Card | None:
    """Return one of the person's own cards, ``None`` for another's and while its case cannot be read."""
    row = db.session.execute(_shown(actor, whatever=True).where(RecallCard.id == card_id)).one_or_none()
    return Card(row[0], row[1], row[2]) if row is not None else None


def turn_card(actor: User, card: Card) -> TurnedCard:
    """Return the other side of a card."""
    ctx = open_room_by_id(actor, card.room.id)
    good = or_(Post.is_endorsed.is_(True), Post.is_accepted.is_(True))
    posts = db.session.scalars(
        select(Post)
        .where(Post.thread_id == card.thread.id, Post.kind == PostKind.ANSWER, Post.hidden_at.is_(None), good)
        .options(joinedload(Post.account_behind))
        .order_by(Post.is_endorsed.desc(), Post.score.desc(), Post.id)
        .limit(ANSWERS_SHOWN)
    ).all()
    outcomes = db.session.scalars(
        select(CaseOutcome)
        .where(CaseOutcome.thread_id == card.thread.id, CaseOutcome.hidden_at.is_(None))
        .order_by(CaseOutcome.id.desc())
        .limit(ANSWERS_SHOWN)
    ).all()
    take_home = db.session.scalar(select(ThreadSummary).filter_by(thread_id=card.thread.id, kind=SummaryKind.TAKE_HOME))
    return TurnedCard(card, post_views(ctx, card.thread, posts), outcomes, take_home)


def is_off(actor: User) -> bool:
    """Tell whether somebody wants no cards."""
    chosen = select(RecallPreference.is_off).where(RecallPreference.user_id == actor.id)
    return bool(db.session.scalar(chosen))


def readings_without_card(*, limit: int) -> list[Reading]:
    """Return readers of solved cases for whom no card was made yet; not the authors, and nobody who wants none."""
    told = (
        select(func.min(CaseOutcome.created_at)).where(CaseOutcome.thread_id == Thread.id, *_final()).scalar_subquery()
    )
    statement = (
        select(ReadMark.user_id, Thread.id, User.time_zone, ReadMark.read_at, Thread.closed_at, told)
        .join(Thread, Thread.id == ReadMark.thread_id)
        .join(User, User.id == ReadMark.user_id)
        .where(
            is_solved(),
            Thread.hidden_at.is_(None),
            Thread.author_id != ReadMark.user_id,
            ReadMark.read_at > clock.now() - READ_WITHIN,
            User.state == AccountState.ACTIVE,
            ~exists().where(RecallCard.user_id == ReadMark.user_id, RecallCard.thread_id == Thread.id),
            ~exists().where(RecallPreference.user_id == ReadMark.user_id, RecallPreference.is_off.is_(True)),
        )
        .order_by(ReadMark.id)
        .limit(limit)
    )
    return [
        Reading(user_id, thread_id, zone, max(one for one in moments if one is not None))
        for user_id, thread_id, zone, *moments in db.session.execute(statement)
    ]


def is_solved() -> ColumnElement[bool]:
    """Return the condition that a thread is a case with an accepted answer, a take-home summary or a final outcome."""
    has_outcome = exists().where(CaseOutcome.thread_id == Thread.id, *_final())
    closed_with_words = and_(Thread.status == ThreadStatus.CLOSED, Thread.summary_md != "")
    taken_home = exists().where(ThreadSummary.thread_id == Thread.id, ThreadSummary.kind == SummaryKind.TAKE_HOME)
    solved = or_(Thread.accepted_count > 0, closed_with_words, taken_home, has_outcome)
    return and_(Thread.kind == ThreadKind.CASE, solved)


def _final() -> list[ColumnElement[bool]]:
    return [CaseOutcome.is_final.is_(True), CaseOutcome.hidden_at.is_(None)]


def _due() -> ColumnElement[bool]:
    return and_(RecallCard.due_at.is_not(None), RecallCard.due_at <= clock.now())


def _shown(actor: User, *, whatever: bool = False) -> Select[RecallCard, Thread, Room]:
    statement = (
        select(RecallCard, Thread, Room)
        .join(Thread, Thread.id == RecallCard.thread_id)
        .join(Room, Room.id == Thread.room_id)
        .where(
            RecallCard.user_id == actor.id,
            Thread.hidden_at.is_(None),
            is_solved(),
            readable_by(actor),
            discussion_open_to(actor),
        )
    )
    if whatever:
        return statement
    return statement.where(
        ~exists().where(RecallPreference.user_id == RecallCard.user_id, RecallPreference.is_off.is_(True))
    )
