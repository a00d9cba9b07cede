"""The door of a cohort: its units, challenges and teams are reached only from an opened room, and then from here.

Rule: absent, hidden and in another room raise the same ``NotFound``. With ``lock`` the cohort's row is held to the end of the
transaction, so that its plan changes one write after the other.
"""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from social_cme.cohorts.models import Challenge, Cohort, CohortMember, Review, StudyItem, Team, Unit
from social_cme.cohorts.policies import CohortContext, can_see_cohort
from social_cme.core.errors import NotFound
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext, can_read

Found = TypeVar("Found")


def open_cohort(ctx: RoomContext, cohort_id: int, *, lock: bool = False) -> CohortContext:
    """Open a cohort of the room for the acting person."""
    require(can_read(ctx))
    statement = select(Cohort).where(Cohort.id == cohort_id, Cohort.room_id == ctx.room_id)
    if lock:
        # Rows that refer to the cohort may be written meanwhile: ticks do not wait for the plan.
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    cohort = db.session.scalar(statement)
    if cohort is None or not can_see_cohort(ctx, cohort):
        raise NotFound
    return CohortContext(room=ctx, cohort=cohort, seat=_seat(cohort.id, ctx.actor_id))


def open_unit(ctx: RoomContext, unit_id: int, *, lock: bool = False) -> tuple[CohortContext, Unit]:
    """Open the cohort of a unit of this room, and return the unit with it."""
    found = select(Unit.cohort_id).where(Unit.id == unit_id, Unit.room_id == ctx.room_id)
    c = open_cohort(ctx, _parent(found), lock=lock)
    return c, _fresh(select(Unit).where(Unit.id == unit_id))


def open_item(ctx: RoomContext, item_id: int, *, lock: bool = False) -> tuple[CohortContext, Unit, StudyItem]:
    """Open the cohort of an entry of a self-study list, and return the unit and the entry."""
    found = select(StudyItem.unit_id).join(Unit, Unit.id == StudyItem.unit_id)
    unit_id = _parent(found.where(StudyItem.id == item_id, Unit.room_id == ctx.room_id))
    c, unit = open_unit(ctx, unit_id, lock=lock)
    return c, unit, _fresh(select(StudyItem).where(StudyItem.id == item_id))


def open_challenge(ctx: RoomContext, challenge_id: int, *, lock: bool = False) -> tuple[CohortContext, Challenge]:
    """Open the cohort of a challenge of this room, and return the challenge with it."""
    found = select(Challenge.cohort_id).where(Challenge.id == challenge_id, Challenge.room_id == ctx.room_id)
    c = open_cohort(ctx, _parent(found), lock=lock)
    return c, _fresh(select(Challenge).where(Challenge.id == challenge_id))


def open_team(ctx: RoomContext, team_id: int, *, lock: bool = False) -> tuple[CohortContext, Challenge, Team]:
    """Open the cohort of a team, and return its challenge and the team."""
    challenge_id = _parent(select(Team.challenge_id).where(Team.id == team_id))
    c, challenge = open_challenge(ctx, challenge_id, lock=lock)
    return c, challenge, _fresh(select(Team).where(Team.id == team_id))


def open_review(ctx: RoomContext, review_id: int, *, lock: bool = False) -> tuple[CohortContext, Challenge, Review]:
    """Open the cohort of a review, and return its challenge and the review with the two teams."""
    challenge_id = _parent(select(Review.challenge_id).where(Review.id == review_id))
    c, challenge = open_challenge(ctx, challenge_id, lock=lock)
    teams = (joinedload(Review.reviewed_team), joinedload(Review.reviewer_team))
    return c, challenge, _fresh(select(Review).options(*teams).where(Review.id == review_id))


def _seat(cohort_id: int, user_id: int | None) -> CohortMember | None:
    if user_id is None:
        return None
    statement = select(CohortMember).where(CohortMember.cohort_id == cohort_id, CohortMember.user_id == user_id)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def _parent(statement: Select[int]) -> int:
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def _fresh(statement: Select[Found]) -> Found:
    found = db.session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found
