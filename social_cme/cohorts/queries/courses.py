"""Reads of cohorts, their units and their self-study lists, as one person sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import contains_eager

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.cohorts.enums import ItemKind
from social_cme.cohorts.models import Cohort, CohortMember, StudyItem, StudyTick, Unit
from social_cme.cohorts.policies import CohortContext
from social_cme.cohorts.rules.progress import Share
from social_cme.core.permissions import require
from social_cme.discussions.models import Thread
from social_cme.extensions import db
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership
from social_cme.rooms.policies import RoomContext, can_manage_room, can_read

MOST_COHORTS = 50
MOST_CHOICES = 100


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An entry of a list as one learner sees it; ``is_there`` is false when what it leads to is gone or to be scheduled."""

    item: StudyItem
    tick: StudyTick | None
    session: LiveSession | None
    is_there: bool

    @property
    def is_done(self) -> bool:
        """Whether the learner ticked it off."""
        return self.tick is not None and self.tick.done_at is not None

    @property
    def reflection(self) -> str:
        """What the learner wrote beside it."""
        return self.tick.reflection if self.tick is not None else ""


def list_cohorts(ctx: RoomContext) -> list[Cohort]:
    """Return the cohorts of a room, the latest first; plans that are not published only to those who make them."""
    require(can_read(ctx))
    statement = select(Cohort).where(Cohort.room_id == ctx.room_id)
    if not can_manage_room(ctx):
        statement = statement.where(Cohort.published_at.is_not(None))
    return list(db.session.scalars(statement.order_by(Cohort.starts_on.desc(), Cohort.id.desc()).limit(MOST_COHORTS)))


def joined_among(actor_id: int | None, cohort_ids: Collection[int]) -> set[int]:
    """Return those of some cohorts that somebody takes part in."""
    if actor_id is None or not cohort_ids:
        return set()
    statement = select(CohortMember.cohort_id).where(
        CohortMember.user_id == actor_id,
        CohortMember.cohort_id.in_(list(cohort_ids)),
        CohortMember.left_at.is_(None),
    )
    return set(db.session.scalars(statement))


def list_units(cohort_id: int) -> list[Unit]:
    """Return the units of a cohort in their order."""
    return list(db.session.scalars(select(Unit).where(Unit.cohort_id == cohort_id).order_by(Unit.position, Unit.id)))


def list_items(unit_ids: Collection[int]) -> list[StudyItem]:
    """Return the entries of some units, unit by unit in their order."""
    statement = select(StudyItem).where(StudyItem.unit_id.in_(list(unit_ids)))
    return list(db.session.scalars(statement.order_by(StudyItem.unit_id, StudyItem.position, StudyItem.id)))


def item_lines(c: CohortContext, unit_ids: Iterable[int], *, user_id: int | None) -> dict[int, list[ItemLine]]:
    """Return the entries of some units with one person's ticks, by unit; one statement however many there are.

    The caller has checked whose ticks may be seen.
    """
    ids = list(unit_ids)
    found: dict[int, list[ItemLine]] = {unit_id: [] for unit_id in ids}
    statement = (
        select(StudyItem, StudyTick, LiveSession, Thread.id)
        .outerjoin(StudyTick, and_(StudyTick.item_id == StudyItem.id, StudyTick.user_id == (user_id or 0)))
        .outerjoin(LiveSession, and_(LiveSession.id == StudyItem.session_id, LiveSession.room_id == c.room.room_id))
        .outerjoin(
            Thread,
            and_(Thread.id == StudyItem.thread_id, Thread.room_id == c.room.room_id, Thread.hidden_at.is_(None)),
        )
        .where(StudyItem.unit_id.in_(ids))
        .order_by(StudyItem.position, StudyItem.id)
    )
    for item, tick, session, thread_id in db.session.execute(statement):
        found[item.unit_id].append(ItemLine(item, tick, session, _is_there(item, session, thread_id)))
    return found


def _is_there(item: StudyItem, session: LiveSession | None, thread_id: int | None) -> bool:
    if item.kind == ItemKind.THREAD:
        return thread_id is not None
    if item.kind == ItemKind.SESSION:
        return session is not None
    return True


def unit_shares(cohort_id: int, user_ids: Collection[int]) -> dict[tuple[int, int], Share]:
    """Return what some people ticked off in each unit, by (user, unit); a unit in which somebody did nothing is missing."""
    totals = count_items(cohort_id)
    statement = (
        select(StudyTick.user_id, StudyItem.unit_id, func.count())
        .join(StudyItem, StudyItem.id == StudyTick.item_id)
        .where(
            StudyTick.cohort_id == cohort_id,
            StudyTick.user_id.in_(list(user_ids)),
            StudyTick.done_at.is_not(None),
        )
        .group_by(StudyTick.user_id, StudyItem.unit_id)
    )
    return {
        (user_id, unit_id): Share(done, totals.get(unit_id, 0))
        for user_id, unit_id, done in db.session.execute(statement)
    }


def count_items(cohort_id: int) -> dict[int, int]:
    """Return the length of each unit's list; a unit with an empty one is missing."""
    statement = select(StudyItem.unit_id, func.count()).where(StudyItem.cohort_id == cohort_id)
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(StudyItem.unit_id))}


def list_active_members(cohort_id: int, *, limit: int | None = None) -> list[CohortMember]:
    """Return those who take part now and are still learners of the room, with their people, by name."""
    statement = (
        select(CohortMember)
        .join(CohortMember.user)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .join(Membership, and_(Membership.user_id == User.id, Membership.room_id == Cohort.room_id))
        .options(contains_eager(CohortMember.user))
        .where(
            CohortMember.cohort_id == cohort_id,
            CohortMember.left_at.is_(None),
            Membership.state == MembershipState.ACTIVE,
            Membership.role == RoomRole.LEARNER,
            User.state == AccountState.ACTIVE,
        )
        .order_by(User.name_key, User.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def find_thread(ctx: RoomContext, thread_id: int) -> Thread | None:
    """Return a thread of the room that everybody in it may read."""
    return db.session.scalar(
        select(Thread).where(Thread.id == thread_id, Thread.room_id == ctx.room_id, Thread.hidden_at.is_(None))
    )


def find_session(ctx: RoomContext, session_id: int) -> LiveSession | None:
    """Return a session of the room."""
    return db.session.scalar(
        select(LiveSession).where(LiveSession.id == session_id, LiveSession.room_id == ctx.room_id)
    )


def thread_choices(ctx: RoomContext) -> list[tuple[int, str]]:
    """Return the room's latest threads for a list to choose from."""
    statement = (
        select(Thread.id, Thread.title)
        .where(Thread.room_id == ctx.room_id, Thread.hidden_at.is_(None))
        .order_by(Thread.last_activity_at.desc(), Thread.id.desc())
        .limit(MOST_CHOICES)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def session_choices(ctx: RoomContext) -> list[tuple[int, str]]:
    """Return the room's latest sessions for a list to choose from."""
    statement = (
        select(LiveSession.id, LiveSession.title)
        .where(LiveSession.room_id == ctx.room_id, LiveSession.state != SessionState.CANCELLED)
        .order_by(LiveSession.starts_at.desc(), LiveSession.id.desc())
        .limit(MOST_CHOICES)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]
