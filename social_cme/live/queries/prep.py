"""What a mentor wants to know before a session, on one sheet.

Rule: only for who leads it, and in a number of statements that does not grow. Gaps found by a test beforehand belong here as soon
as there are such tests; until then nothing is said of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from social_cme.accounts.models import User
from social_cme.core.permissions import require
from social_cme.discussions.queries.waiting import WaitingThread, list_waiting
from social_cme.extensions import db
from social_cme.live.enums import QuestionState, RsvpState
from social_cme.live.models import LiveQuestion, LiveSession, Rsvp
from social_cme.live.policies import can_lead
from social_cme.live.queries.sessions import Mentors, list_mentors
from social_cme.live.rules import find_alike
from social_cme.rooms.models import Membership
from social_cme.rooms.policies import RoomContext

TOP_QUESTIONS = 10
COMPARED = 200
WAITING_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two waiting questions that probably ask the same; the one with more votes would stay."""

    stays: LiveQuestion
    goes: LiveQuestion
    percent: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those who will come are of one profession or stage; ``key`` is empty where the profile says nothing."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What somebody who leads the session has disclosed in the room; empty when nothing was stated yet."""

    user: User
    is_co_mentor: bool
    words: str


@dataclass(frozen=True, slots=True)
class PrepSheet:
    """Everything on the sheet."""

    session: LiveSession
    mentors: Mentors
    top: list[LiveQuestion]
    waiting_questions: int
    duplicates: list[Duplicate]
    threads: Sequence[WaitingThread]
    disclosures: list[Disclosure]
    going: int
    in_line: int
    professions: list[Share]
    stages: list[Share]


def load_prep(ctx: RoomContext, session: LiveSession) -> PrepSheet:
    """Read the sheet of a session; raise ``Forbidden`` for everybody but who leads it."""
    mentors = list_mentors([session.id])[session.id]
    require(can_lead(ctx, {one.id for one in mentors}))
    questions = _list_open(session.id)
    groups = _list_groups(session.id)
    return PrepSheet(
        session=session,
        mentors=mentors,
        top=questions[:TOP_QUESTIONS],
        waiting_questions=_count_open(session.id) if len(questions) == COMPARED else len(questions),
        duplicates=_find_duplicates(questions),
        threads=list_waiting(ctx.actor, room=ctx.room.slug, limit=WAITING_SHOWN).items,
        disclosures=_list_disclosures(session.room_id, mentors),
        going=session.going_count,
        in_line=session.waiting_count,
        professions=_shares((profession, count) for profession, _stage, count in groups),
        stages=_shares((stage, count) for _profession, stage, count in groups),
    )


def _list_open(session_id: int) -> list[LiveQuestion]:
    statement = (
        select(LiveQuestion)
        .where(LiveQuestion.session_id == session_id, LiveQuestion.state == QuestionState.OPEN)
        .options(joinedload(LiveQuestion.account_behind), joinedload(LiveQuestion.answered_by))
        .order_by(LiveQuestion.score.desc(), LiveQuestion.id)
        .limit(COMPARED)
    )
    return list(db.session.scalars(statement))


def _count_open(session_id: int) -> int:
    statement = select(func.count(LiveQuestion.id)).where(
        LiveQuestion.session_id == session_id, LiveQuestion.state == QuestionState.OPEN
    )
    return db.session.scalar(statement) or 0


def _find_duplicates(questions: list[LiveQuestion]) -> list[Duplicate]:
    found = find_alike([one.body for one in questions])
    return [Duplicate(questions[one.first], questions[one.second], round(100 * one.share)) for one in found]


def _list_disclosures(room_id: int, mentors: Mentors) -> list[Disclosure]:
    statement = select(Membership.user_id, Membership.disclosure).where(
        Membership.room_id == room_id, Membership.user_id.in_([one.id for one in mentors])
    )
    words = {user_id: disclosure for user_id, disclosure in db.session.execute(statement)}  # noqa: C416 - rows are no pairs
    return [Disclosure(one, one.id in mentors.co_mentor_ids, words.get(one.id, "")) for one in mentors]


def _list_groups(session_id: int) -> list[tuple[str, str, int]]:
    statement = (
        select(func.coalesce(User.profession, ""), func.coalesce(User.career_stage, ""), func.count(User.id))
        .join(Rsvp, Rsvp.user_id == User.id)
        .where(Rsvp.session_id == session_id, Rsvp.state == RsvpState.GOING)
        .group_by(User.profession, User.career_stage)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(statement)]


def _shares(counted: Iterable[tuple[str, int]]) -> list[Share]:
    totals: dict[str, int] = {}
    for key, count in counted:
        totals[key] = totals.get(key, 0) + count
    # Those who said nothing come last, whatever their number.
    return [Share(key, count) for key, count in sorted(totals.items(), key=lambda one: (not one[0], -one[1], one[0]))]
