"""Rows of cohorts.

Rule: dates are local to the cohort's time zone, moments are UTC; what a member did stays when the member leaves.
"""

from social_cme.cohorts.models.challenges import (
    Challenge,
    Criterion,
    Deliverable,
    DeliverableVersion,
    Review,
    Team,
    TeamComment,
    TeamMember,
)
from social_cme.cohorts.models.courses import Cohort, CohortMember, StudyItem, StudyTick, Unit, UnitCompletion

__all__ = [
    "Challenge",
    "Cohort",
    "CohortMember",
    "Criterion",
    "Deliverable",
    "DeliverableVersion",
    "Review",
    "StudyItem",
    "StudyTick",
    "Team",
    "TeamComment",
    "TeamMember",
    "Unit",
    "UnitCompletion",
]
