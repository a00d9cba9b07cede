"""What somebody may do in a cohort; each answer carries its reason.

Rule: a mentor guides and does not assess. Mentors accompany a cohort without joining it, comment on work, see what is done and
not what somebody reflected; rubrics are filled in by teams for one another, and by coordinators.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from social_cme.accounts.enums import SiteRole
from social_cme.cohorts.models import Challenge, Cohort, CohortMember, Deliverable, Unit
from social_cme.cohorts.rules.dates import is_open_to_join
from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.rooms.enums import RoomRole
from social_cme.rooms.policies import RoomContext, can_manage_room, can_take_part


@dataclass(frozen=True, slots=True)
class CohortContext:
    """Who is acting in which cohort; made only by ``cohorts.queries.door``."""

    room: RoomContext
    cohort: Cohort
    seat: CohortMember | None

    @property
    def is_in(self) -> bool:
        """Whether the person takes part now, as a learner of the room."""
        is_seated = self.seat is not None and self.seat.left_at is None
        return is_seated and self.room.role == RoomRole.LEARNER

    @property
    def manages(self) -> bool:
        """Whether the person plans this cohort."""
        return bool(can_manage_room(self.room))

    @property
    def oversees(self) -> bool:
        """Whether the person sees everybody's progress: mentors, coordinators, and who looks after the whole server."""
        actor = self.room.actor
        site = actor is not None and actor.site_role in {SiteRole.AUDITOR, SiteRole.MODERATOR, SiteRole.ADMINISTRATOR}
        return site or self.room.is_mentor or self.room.is_coordinator

    @property
    def is_inside(self) -> bool:
        """Whether the person may open the units and challenges at all."""
        return self.is_in or self.oversees


def can_see_cohort(ctx: RoomContext, cohort: Cohort) -> Decision:
    """See that a cohort exists: everybody who may read the room, once it is published."""
    if cohort.published_at is not None or can_manage_room(ctx):
        return ALLOWED
    return refuse("This cohort is not published yet.")


def can_plan(ctx: RoomContext) -> Decision:
    """Plan a cohort and change one: the room's coordinators and the server's administrators, in a room that is open."""
    decision = can_manage_room(ctx)
    if not decision:
        return decision
    return refuse("This room is archived and can only be read.") if ctx.room.is_archived else ALLOWED


def can_join(c: CohortContext, today: date) -> Decision:
    """Join: the room's learners, until the date that the coordinators set; *today* is the date in the cohort's zone."""
    decision = can_take_part(c.room)
    if not decision:
        return decision
    if c.room.role != RoomRole.LEARNER:
        return refuse("Mentors and coordinators accompany a cohort without joining it.")
    if c.cohort.published_at is None:
        return refuse("This cohort is not published yet.")
    cohort = c.cohort
    if not is_open_to_join(today, starts_on=cohort.starts_on, weeks=cohort.weeks, join_until=cohort.join_until):
        return refuse("This cohort takes no new members any more. Ask the room's coordinators about the next one.")
    return ALLOWED


def can_read_inside(c: CohortContext) -> Decision:
    """Open units and challenges: members of the cohort, and those who guide or run the room."""
    if c.is_inside:
        return ALLOWED
    return refuse("Units and challenges are for members of this cohort. Join it on its page.")


def can_read_unit(c: CohortContext, unit: Unit, moment: datetime) -> Decision:
    """Read a unit and its list: members from the time it opens."""
    decision = can_read_inside(c)
    if not decision or c.oversees or moment >= unit.opens_at:
        return decision
    return refuse("This unit is not open yet. You will be told when it is.")


def can_tick(c: CohortContext, unit: Unit, moment: datetime) -> Decision:
    """Tick off an entry: members, from the time the unit opens, also after it was due."""
    decision = _takes_part(c)
    return can_read_unit(c, unit, moment) if decision else decision


def can_see_table(c: CohortContext) -> Decision:
    """See what each member has done: those who guide or run the room."""
    return ALLOWED if c.oversees else refuse("Only the room's mentors and coordinators see everybody's progress.")


def can_see_progress(c: CohortContext, user_id: int) -> Decision:
    """See what one member has done: the member, and those who guide or run the room."""
    return ALLOWED if c.room.actor_id == user_id else can_see_table(c)


def can_see_reflections(c: CohortContext, user_id: int) -> Decision:
    """Read what a member reflected: the member and the coordinators, who plan by it. Not the mentors."""
    if c.room.actor_id == user_id or c.manages:
        return ALLOWED
    return refuse("Reflections are read by their author and the room's coordinators.")


def can_read_challenge(c: CohortContext, challenge: Challenge, moment: datetime) -> Decision:
    """Read a challenge: members from the time it opens."""
    decision = can_read_inside(c)
    if not decision or c.oversees or moment >= challenge.opens_at:
        return decision
    return refuse("This challenge is not open yet.")


def can_write_for_team(c: CohortContext, *, in_team: bool) -> Decision:
    """Write and hand in a team's work: each of the team."""
    decision = _takes_part(c)
    if not decision:
        return decision
    return ALLOWED if in_team else refuse("Only the members of this team write and hand in its work.")


def can_read_work(c: CohortContext, work: Deliverable | None, *, in_team: bool, reads: bool) -> Decision:
    """Read a team's work: the team; the teams that give feedback on it, once it is handed in; who guides or runs the room."""
    if c.oversees or (c.is_in and in_team):
        return ALLOWED
    if c.is_in and reads and work is not None and work.submitted_at is not None:
        return ALLOWED
    return refuse("A team's work is read by the team and by the teams that give feedback on it.")


def can_comment(c: CohortContext, *, in_team: bool) -> Decision:
    """Write beside a team's work: the team, mentors and coordinators."""
    decision = can_take_part(c.room)
    if not decision:
        return decision
    if c.room.is_mentor or c.room.is_coordinator or (c.is_in and in_team):
        return ALLOWED
    return refuse("Comments beside the work come from the team, the mentors and the coordinators.")


def can_give_feedback(c: CohortContext, *, in_reviewing_team: bool) -> Decision:
    """Fill in the rubric for another team's work: those of the team that was asked. A mentor never."""
    decision = _takes_part(c)
    if not decision:
        return decision
    return ALLOWED if in_reviewing_team else refuse("Another team was asked for this feedback.")


def can_review_as_coordinator(c: CohortContext) -> Decision:
    """Fill in the rubric for any team's work: coordinators. A mentor comments, and does not assess."""
    decision = can_take_part(c.room)
    if not decision:
        return decision
    if c.room.is_coordinator:
        return ALLOWED
    return refuse("The rubric is for the teams and the coordinators. A mentor comments, and does not assess.")


def _takes_part(c: CohortContext) -> Decision:
    decision = can_take_part(c.room)
    if not decision or c.is_in:
        return decision
    if c.room.role != RoomRole.LEARNER:
        return refuse("This is for the members of the cohort. You accompany it.")
    return refuse("Join this cohort first.")
