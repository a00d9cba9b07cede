"""Whom something in a cohort concerns, as selections of user ids for statements about many people at once."""

from __future__ import annotations

from sqlalchemy import Select, exists, select

from social_cme.cohorts.models import Challenge, Cohort, CohortMember, Deliverable, TeamMember
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership


def taking_part(cohort_id: int) -> Select[int]:
    """Select those who take part in a cohort now and are still members of its room."""
    return (
        select(CohortMember.user_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .join(Membership, (Membership.user_id == CohortMember.user_id) & (Membership.room_id == Cohort.room_id))
        .where(
            CohortMember.cohort_id == cohort_id,
            CohortMember.left_at.is_(None),
            Membership.state == MembershipState.ACTIVE,
        )
    )


def yet_to_hand_in(cohort_id: int, challenge_id: int) -> Select[int]:
    """Select those who take part in a cohort and whose team, if they have one, has not handed in."""
    handed_in = exists().where(
        TeamMember.challenge_id == challenge_id,
        TeamMember.user_id == CohortMember.user_id,
        Deliverable.team_id == TeamMember.team_id,
        Deliverable.submitted_at.is_not(None),
    )
    return taking_part(cohort_id).where(~handed_in)


def of_team(team_id: int) -> Select[int]:
    """Select those of a team who still take part in its cohort."""
    return (
        select(TeamMember.user_id)
        .join(Challenge, Challenge.id == TeamMember.challenge_id)
        .join(
            CohortMember,
            (CohortMember.cohort_id == Challenge.cohort_id) & (CohortMember.user_id == TeamMember.user_id),
        )
        .where(TeamMember.team_id == team_id, CohortMember.left_at.is_(None))
    )
