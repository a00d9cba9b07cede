"""A room with a cohort in it; its verbs are the real services, at a moment of the test's choosing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.cohorts.models import Challenge, Cohort, Criterion, Review, StudyItem, Team, Unit
from social_cme.cohorts.services import (
    assignment,
    challenges,
    cohorts,
    deliverables,
    feedback,
    items,
    joining,
    study,
    teams,
    units,
)
from social_cme.cohorts.services.plans import ChallengePlan, CohortPlan, ItemPlan, UnitPlan
from social_cme.core import clock
from social_cme.extensions import db
from social_cme.persistence.facts import Fact
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from tests.factories import Factory

# A Monday far from any change of clocks; the zone is two hours ahead of UTC then.
MONDAY = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
START = date(2026, 6, 1)
LEVELS = "Developing: names what to do\nSolid: says who does what by when\nStrong: also says what to do when it fails"


@dataclass
class Term:
    """A room with learners, a mentor and a coordinator, and a second room that must not reach into it."""

    make: Factory
    room: Room
    other_room: Room
    learners: list[User]
    mentor: User
    coordinator: User

    @property
    def learner(self) -> User:
        return self.learners[0]

    @property
    def peer(self) -> User:
        return self.learners[1]

    def ctx(self, user: User | None, room: Room | None = None) -> RoomContext:
        return open_room(user, (room or self.room).slug)

    @property
    def lead(self) -> RoomContext:
        return self.ctx(self.coordinator)

    def plan(self, **changes: Any) -> CohortPlan:
        return CohortPlan(**{"name": "Summer 2026", "starts_on": START, "weeks": 4, "time_zone": ZONE, **changes})

    def cohort(self, *, published: bool = True, **changes: Any) -> Cohort:
        """Plan a cohort with one unit, and publish it unless told otherwise."""
        cohort = cohorts.create_cohort(self.lead, plan=self.plan(**changes))
        self.unit(cohort)
        if published:
            cohorts.publish_cohort(self.lead, cohort.id)
        return cohort

    def unit_plan(self, **changes: Any) -> UnitPlan:
        wall = datetime(2026, 6, 1, 9, 0)
        return UnitPlan(
            **{
                "title": "Read the patient first",
                "opens": wall,
                "due": wall + timedelta(days=6),
                "objectives": ["Say what you see."],
                "body": "Bring **one** patient.",
                **changes,
            }
        )

    def unit(self, cohort: Cohort, **changes: Any) -> Unit:
        return units.add_unit(self.lead, cohort.id, plan=self.unit_plan(**changes))

    def item(self, unit: Unit, **changes: Any) -> StudyItem:
        plan = {"kind": "reading", "title": "The position statement", "citation": "Mullens 2019", "minutes": 20}
        return items.add_item(self.lead, unit.id, plan=ItemPlan(**{**plan, **changes}))

    def first_unit(self, cohort: Cohort) -> Unit:
        return db.session.scalars(select(Unit).where(Unit.cohort_id == cohort.id).order_by(Unit.position)).all()[0]

    def join(self, cohort: Cohort, *users: User) -> None:
        for user in users or tuple(self.learners):
            joining.join_cohort(self.ctx(user), cohort.id)

    def tick(self, item: StudyItem, user: User | None = None, reflection: str | None = None) -> None:
        study.tick_item(self.ctx(user or self.learner), item.id, reflection=reflection)

    def challenge_plan(self, **changes: Any) -> ChallengePlan:
        wall = datetime(2026, 6, 1, 9, 0)
        return ChallengePlan(
            **{
                "title": "A plan for day three",
                "brief": "One page.",
                "opens": wall,
                "due": wall + timedelta(days=7),
                "feedback": wall + timedelta(days=14),
                "reviews_each": 1,
                **changes,
            }
        )

    def challenge(self, cohort: Cohort, *, rubric: bool = True, **changes: Any) -> Challenge:
        made = challenges.add_challenge(self.lead, cohort.id, plan=self.challenge_plan(**changes))
        if rubric:
            challenges.set_rubric(self.lead, made.id, criteria=[("Clarity", LEVELS)])
        return made

    def teams(self, challenge: Challenge, count: int = 2) -> list[Team]:
        return teams.balance_teams(self.lead, challenge.id, count=count)

    def people_of(self, team: Team) -> list[User]:
        from social_cme.cohorts.queries.challenges import list_teams

        line = next(one for one in list_teams(team.challenge_id) if one.team.id == team.id)
        return [one.user for one in line.people]

    def hand_in(self, team: Team, body: str = "Our plan.", revision: int = 0) -> None:
        deliverables.submit_deliverable(self.ctx(self.people_of(team)[0]), team.id, body=body, revision=revision)

    def give(self, review: Review, *, level: int = 1, body: str = "Clear, and short.") -> None:
        criteria = db.session.scalars(select(Criterion).where(Criterion.challenge_id == review.challenge_id)).all()
        team = db.session.get_one(Team, review.reviewer_team_id)
        levels = {str(one.id): level for one in criteria}
        feedback.give_feedback(self.ctx(self.people_of(team)[0]), review.id, levels=levels, body=body)

    def reviewed(self, cohort: Cohort, count: int = 2) -> tuple[Challenge, list[Team], list[Review]]:
        """Bring a challenge to the point at which the teams read one another's work."""
        made = self.challenge(cohort)
        groups = self.teams(made, count)
        for team in groups:
            self.hand_in(team)
        assignment.start_feedback(self.lead, made.id)
        found = db.session.scalars(select(Review).where(Review.challenge_id == made.id).order_by(Review.id)).all()
        return made, groups, list(found)

    def kinds(self) -> list[str]:
        """Return the kinds of the facts of the cohort's making, in order."""
        wanted = ("cohort.", "unit.", "study_item.", "challenge.", "deliverable.", "feedback.", "team_comment.")
        found = db.session.scalars(select(Fact.kind).order_by(Fact.id))
        return [kind for kind in found if kind.startswith(wanted)]


def later(**distance: float) -> datetime:
    return MONDAY + timedelta(**distance)


def at(moment: datetime) -> Any:
    return clock.at(moment)
