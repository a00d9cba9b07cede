"""Reads of group challenges: the rubric, the teams, their work and what is said of it.

Rule: each function asks a fixed number of times, however many teams there are; the caller has opened the challenge.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager, joinedload

from social_cme.accounts.models import User
from social_cme.cohorts.models import (
    Challenge,
    Cohort,
    CohortMember,
    Criterion,
    Deliverable,
    DeliverableVersion,
    Review,
    Team,
    TeamComment,
    TeamMember,
)
from social_cme.cohorts.policies import CohortContext
from social_cme.cohorts.queries.courses import list_active_members
from social_cme.cohorts.rules.states import reads_feedback
from social_cme.core import clock
from social_cme.extensions import db

MOST_COMMENTS = 200
MOST_VERSIONS = 50


@dataclass(slots=True)
class TeamLine:
    """A team with its people and its work."""

    team: Team
    people: list[TeamMember] = field(default_factory=list)
    work: Deliverable | None = None
    reviews_asked: int = 0
    reviews_given: int = 0

    @property
    def is_submitted(self) -> bool:
        """Whether the team handed in."""
        return self.work is not None and self.work.submitted_at is not None

    def has(self, user_id: int | None) -> bool:
        """Tell whether somebody is in this team."""
        return any(one.user_id == user_id for one in self.people)


def list_challenges(cohort_id: int) -> list[Challenge]:
    """Return the challenges of a cohort, the earliest due first."""
    statement = select(Challenge).where(Challenge.cohort_id == cohort_id).order_by(Challenge.due_at, Challenge.id)
    return list(db.session.scalars(statement))


def list_criteria(challenge_id: int) -> list[Criterion]:
    """Return the rubric of a challenge in its order."""
    statement = select(Criterion).where(Criterion.challenge_id == challenge_id)
    return list(db.session.scalars(statement.order_by(Criterion.position, Criterion.id)))


def list_teams(challenge_id: int) -> list[TeamLine]:
    """Return the teams of a challenge by name, with people, work and how much feedback each has given: four statements."""
    teams = db.session.scalars(
        select(Team).where(Team.challenge_id == challenge_id).order_by(func.length(Team.name), Team.name, Team.id)
    ).all()
    lines = {team.id: TeamLine(team) for team in teams}
    people = (
        select(TeamMember)
        .join(TeamMember.user)
        .options(contains_eager(TeamMember.user))
        .where(TeamMember.challenge_id == challenge_id)
        .order_by(User.name_key, User.id)
    )
    for one in db.session.scalars(people):
        lines[one.team_id].people.append(one)
    works = select(Deliverable).join(Team, Team.id == Deliverable.team_id).where(Team.challenge_id == challenge_id)
    for work in db.session.scalars(
        works.options(joinedload(Deliverable.submitted_by), joinedload(Deliverable.saved_by))
    ):
        lines[work.team_id].work = work
    counted = (
        select(Review.reviewer_team_id, func.count(), func.count(Review.given_at))
        .where(Review.challenge_id == challenge_id, Review.reviewer_team_id.is_not(None))
        .group_by(Review.reviewer_team_id)
    )
    for team_id, asked, given in db.session.execute(counted):
        if team_id is not None:
            lines[team_id].reviews_asked, lines[team_id].reviews_given = asked, given
    return list(lines.values())


def list_without_team(c: CohortContext, lines: Collection[TeamLine]) -> list[CohortMember]:
    """Return the members of the cohort that are in none of the teams."""
    placed = {one.user_id for line in lines for one in line.people}
    return [member for member in list_active_members(c.cohort.id) if member.user_id not in placed]


def find_team_of(challenge_id: int, user_id: int | None) -> Team | None:
    """Return the team somebody is in."""
    statement = select(Team).join(TeamMember, TeamMember.team_id == Team.id)
    mine = statement.where(TeamMember.challenge_id == challenge_id, TeamMember.user_id == (user_id or 0))
    return db.session.scalar(mine)


def is_in_team(team_id: int | None, user_id: int | None) -> bool:
    """Tell whether somebody is in a team."""
    if team_id is None or user_id is None:
        return False
    found = select(TeamMember.id).where(TeamMember.team_id == team_id, TeamMember.user_id == user_id)
    return db.session.scalar(found) is not None


def find_work(team_id: int, *, lock: bool = False) -> Deliverable | None:
    """Return a team's work, ``None`` before the first save; locked, its versions come one after the other."""
    statement = select(Deliverable).where(Deliverable.team_id == team_id)
    if lock:
        return db.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    return db.session.scalar(statement.options(joinedload(Deliverable.saved_by), joinedload(Deliverable.submitted_by)))


def list_versions(work: Deliverable | None) -> list[DeliverableVersion]:
    """Return what a team's draft said before, the newest first."""
    if work is None:
        return []
    statement = (
        select(DeliverableVersion)
        .options(joinedload(DeliverableVersion.saved_by))
        .where(DeliverableVersion.deliverable_id == work.id)
        .order_by(DeliverableVersion.revision.desc())
        .limit(MOST_VERSIONS)
    )
    return list(db.session.scalars(statement))


def list_comments(team_id: int) -> list[TeamComment]:
    """Return what was said beside a team's work, the oldest first."""
    statement = (
        select(TeamComment)
        .options(joinedload(TeamComment.author))
        .where(TeamComment.team_id == team_id)
        .order_by(TeamComment.id)
        .limit(MOST_COMMENTS)
    )
    return list(db.session.scalars(statement))


def reviews_by(team_id: int) -> list[Review]:
    """Return the feedback that a team was asked for, with the teams concerned."""
    return _reviews(Review.reviewer_team_id == team_id)


def reviews_of(team_id: int) -> list[Review]:
    """Return the feedback on a team's work, whoever was asked for it."""
    return _reviews(Review.reviewed_team_id == team_id)


def _reviews(condition: ColumnElement[bool]) -> list[Review]:
    statement = (
        select(Review)
        .options(joinedload(Review.reviewed_team), joinedload(Review.reviewer_team), joinedload(Review.given_by))
        .where(condition)
        .order_by(Review.id)
    )
    return list(db.session.scalars(statement))


def reads_work_of(team_id: int, user_id: int | None) -> bool:
    """Tell whether somebody's team was asked for feedback on a team's work."""
    statement = (
        select(Review.id)
        .join(TeamMember, TeamMember.team_id == Review.reviewer_team_id)
        .where(Review.reviewed_team_id == team_id, TeamMember.user_id == (user_id or 0))
    )
    return db.session.scalar(statement.limit(1)) is not None


def feedback_is_open(challenge: Challenge, team_id: int) -> bool:
    """Tell whether a team may read what others said of its work."""
    asked, given = db.session.execute(
        select(func.count(), func.count(Review.given_at)).where(Review.reviewer_team_id == team_id)
    ).one()
    return reads_feedback(moment=clock.now(), feedback_at=challenge.feedback_at, asked=asked, given=given)


def list_due(moment: object) -> list[tuple[int, int]]:
    """Return (room, challenge) ids whose work is due and has not been given out to be read yet."""
    statement = (
        select(Challenge.room_id, Challenge.id)
        .join(Cohort, Cohort.id == Challenge.cohort_id)
        .where(Challenge.due_at <= moment, Challenge.assigned_at.is_(None), Cohort.published_at.is_not(None))
        .order_by(Challenge.due_at)
        .limit(200)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]
