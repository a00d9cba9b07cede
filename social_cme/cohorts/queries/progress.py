"""What members have done: one's own page with what comes next, and the table for those who guide or run the room.

Rule: the number of statements is the same for two members and for two hundred.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select, tuple_

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.cohorts.enums import UnitState
from social_cme.cohorts.models import Challenge, CohortMember, Deliverable, Review, Team, TeamMember, Unit
from social_cme.cohorts.policies import CohortContext, can_see_progress, can_see_reflections, can_see_table
from social_cme.cohorts.queries.challenges import list_challenges
from social_cme.cohorts.queries.courses import ItemLine, count_items, item_lines, list_units, unit_shares
from social_cme.cohorts.rules.progress import Share, sum_of
from social_cme.cohorts.rules.states import Step, in_order, unit_state
from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.pagination import Page, clamp_limit, decode_cursor, make_page
from social_cme.core.permissions import require
from social_cme.extensions import db

CSV_BATCH = 200


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with what one person has done in it."""

    unit: Unit
    share: Share
    state: UnitState


@dataclass(frozen=True, slots=True)
class ChallengeLine:
    """A challenge with where one person's team stands in it; without a team everything of it is empty."""

    challenge: Challenge
    team: Team | None
    submitted_at: datetime | None
    is_late: bool
    reviews_asked: int
    reviews_given: int

    @property
    def is_done(self) -> bool:
        """Whether the team handed in and gave all the feedback that it was asked for."""
        return self.submitted_at is not None and self.reviews_given >= self.reviews_asked


@dataclass(frozen=True, slots=True)
class Outline:
    """A cohort as one person stands in it; ``steps`` are what is due next, by key ``unit:3``, ``work:4`` or ``feedback:4``."""

    units: list[UnitLine]
    challenges: list[ChallengeLine]
    steps: list[Step]

    @property
    def total(self) -> Share:
        """All entries of all units."""
        return sum_of(line.share for line in self.units)

    def unit(self, step: Step) -> UnitLine | None:
        """Return the unit that a step is about."""
        return next((line for line in self.units if step.key == f"unit:{line.unit.id}"), None)

    def challenge(self, step: Step) -> ChallengeLine | None:
        """Return the challenge that a step is about."""
        number = step.key.partition(":")[2]
        return next((line for line in self.challenges if str(line.challenge.id) == number), None)


@dataclass(frozen=True, slots=True)
class MemberProgress:
    """One line of the table: a member, the share of each unit and the state of each challenge, in their order."""

    member: CohortMember
    person: User
    shares: list[Share]
    challenges: list[ChallengeLine]

    @property
    def total(self) -> Share:
        """All entries of all units."""
        return sum_of(self.shares)


@dataclass(frozen=True, slots=True)
class Table:
    """A page of members against the units and challenges."""

    units: list[Unit]
    challenges: list[Challenge]
    page: Page[MemberProgress]


def find_outline(c: CohortContext, user_id: int | None) -> Outline:
    """Return where somebody stands; for a reader who has not joined, the plan alone. Six statements."""
    units, challenges = list_units(c.cohort.id), list_challenges(c.cohort.id)
    ids = [user_id] if user_id is not None else []
    shares, standings = unit_shares(c.cohort.id, ids), _standings(challenges, ids)
    counts, moment = count_items(c.cohort.id), clock.now()
    unit_rows = []
    for unit in units:
        share = shares.get((user_id or 0, unit.id), Share(0, counts.get(unit.id, 0)))
        state = unit_state(
            opens_at=unit.opens_at, due_at=unit.due_at, done=share.done, total=share.total, moment=moment
        )
        unit_rows.append(UnitLine(unit, share, state))
    challenge_rows = [_standing(one, standings.get((user_id or 0, one.id))) for one in challenges]
    return Outline(unit_rows, challenge_rows, _steps(unit_rows, challenge_rows, moment))


def find_member(c: CohortContext, user_id: int) -> tuple[CohortMember, User]:
    """Return a member of the cohort, also one who left, for those who may see the progress; raise ``NotFound`` without one."""
    require(can_see_progress(c, user_id))
    statement = (
        select(CohortMember, User)
        .join(User, User.id == CohortMember.user_id)
        .where(CohortMember.cohort_id == c.cohort.id, CohortMember.user_id == user_id)
    )
    found = db.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def find_reflections(c: CohortContext, user_id: int) -> list[ItemLine] | None:
    """Return what a member wrote beside entries; ``None`` for those who may not read it."""
    if not can_see_reflections(c, user_id):
        return None
    lines = item_lines(c, [unit.id for unit in list_units(c.cohort.id)], user_id=user_id)
    return [line for unit_lines in lines.values() for line in unit_lines if line.reflection]


def find_table(c: CohortContext, *, cursor: str | None = None, limit: int | None = None) -> Table:
    """Return a page of the members by name with what each has done; those who left stand in it too."""
    require(can_see_table(c))
    size = clamp_limit(limit, default=50)
    units, challenges = list_units(c.cohort.id), list_challenges(c.cohort.id)
    rows = db.session.execute(_members(c, cursor).limit(size + 1)).all()
    page = make_page(rows, limit=size, key=lambda row: (row[1].name_key, row[0].id))
    lines = _table_lines(c, units, challenges, page.items)
    return Table(units, challenges, Page(items=lines, next_cursor=page.next_cursor))


def iter_table(c: CohortContext) -> Iterator[list[MemberProgress]]:
    """Yield every member in batches; no database transaction stays open between two of them."""
    require(can_see_table(c))
    cursor: str | None = None
    while True:
        table = find_table(c, cursor=cursor, limit=CSV_BATCH)
        yield list(table.page.items)
        cursor = table.page.next_cursor
        if cursor is None:
            return


def _members(c: CohortContext, cursor: str | None) -> Select[CohortMember, User]:
    statement = (
        select(CohortMember, User)
        .join(User, User.id == CohortMember.user_id)
        .where(CohortMember.cohort_id == c.cohort.id, User.state != AccountState.CLOSED)
        .order_by(User.name_key, CohortMember.id)
    )
    after = decode_cursor(cursor, str, int)
    if after is not None:
        statement = statement.where(tuple_(User.name_key, CohortMember.id) > tuple_(*after))
    return statement


def _table_lines(
    c: CohortContext,
    units: Sequence[Unit],
    challenges: Sequence[Challenge],
    rows: Sequence[Row[CohortMember, User]],
) -> list[MemberProgress]:
    ids = [row[1].id for row in rows]
    shares, standings = unit_shares(c.cohort.id, ids), _standings(challenges, ids)
    counts = count_items(c.cohort.id)
    return [
        MemberProgress(
            row[0],
            row[1],
            [shares.get((row[1].id, unit.id), Share(0, counts.get(unit.id, 0))) for unit in units],
            [_standing(one, standings.get((row[1].id, one.id))) for one in challenges],
        )
        for row in rows
    ]


_Standing = tuple[Team, datetime | None, bool, int, int]


def _standings(challenges: Sequence[Challenge], user_ids: Collection[int]) -> dict[tuple[int, int], _Standing]:
    """Return where the teams of some people stand, by (user, challenge)."""
    asked = (
        select(
            Review.reviewer_team_id.label("team_id"),
            func.count().label("asked"),
            func.count(Review.given_at).label("given"),
        )
        .where(Review.challenge_id.in_([one.id for one in challenges]))
        .group_by(Review.reviewer_team_id)
        .subquery()
    )
    statement = (
        select(TeamMember.user_id, Team, Deliverable.submitted_at, Deliverable.is_late, asked.c.asked, asked.c.given)
        .join(Team, Team.id == TeamMember.team_id)
        .outerjoin(Deliverable, Deliverable.team_id == Team.id)
        .outerjoin(asked, asked.c.team_id == Team.id)
        .where(TeamMember.challenge_id.in_([one.id for one in challenges]), TeamMember.user_id.in_(list(user_ids)))
    )
    return {
        (user_id, team.challenge_id): (team, submitted_at, bool(late), of or 0, given or 0)
        for user_id, team, submitted_at, late, of, given in db.session.execute(statement)
    }


def _standing(challenge: Challenge, found: _Standing | None) -> ChallengeLine:
    team, submitted_at, is_late, asked, given = found or (None, None, False, 0, 0)
    return ChallengeLine(challenge, team, submitted_at, is_late, asked, given)


def _steps(units: Sequence[UnitLine], challenges: Sequence[ChallengeLine], moment: datetime) -> list[Step]:
    steps = [
        Step(f"unit:{line.unit.id}", line.unit.due_at, line.state == UnitState.OVERDUE)
        for line in units
        if line.share.total and line.state in {UnitState.OPEN, UnitState.OVERDUE}
    ]
    for line in challenges:
        one = line.challenge
        if line.team is None or moment < one.opens_at:
            continue
        if line.submitted_at is None:
            steps.append(Step(f"work:{one.id}", one.due_at, moment >= one.due_at))
        elif line.reviews_given < line.reviews_asked:
            steps.append(Step(f"feedback:{one.id}", one.feedback_at, moment >= one.feedback_at))
    return in_order(steps)
