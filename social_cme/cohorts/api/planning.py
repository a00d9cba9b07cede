"""Planning cohorts and group challenges over the REST API, for who runs the room."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from social_cme.cohorts.api import bp
from social_cme.cohorts.api.challenges import CHALLENGE, challenge_out
from social_cme.cohorts.api.courses import COHORT, COHORTS, WRITE
from social_cme.cohorts.queries.door import open_challenge, open_cohort
from social_cme.cohorts.rules.rubrics import write_levels
from social_cme.cohorts.schemas import planning as bodies
from social_cme.cohorts.schemas.challenges import ChallengeOut
from social_cme.cohorts.schemas.courses import CohortOut
from social_cme.cohorts.services import assignment, challenges, cohorts, copying
from social_cme.cohorts.services.plans import ChallengePlan, CohortPlan, challenge_plan, cohort_plan
from social_cme.core.text import clean_line
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import Schema, endpoint

# What a plan calls the wall clocks that are stored as moments of these names.
_CLOCKS = {"opens_at": "opens", "due_at": "due", "feedback_at": "feedback"}


@endpoint(bp, COHORTS, "POST", result=CohortOut, body=bodies.CohortBody, status=201, scope=WRITE, errors=(422,))
def create_cohort(slug: str, body: bodies.CohortBody) -> CohortOut:
    """Plan a cohort; nobody else sees it until it is published."""
    ctx = read_room(current_actor(), slug)
    made = cohorts.create_cohort(ctx, plan=CohortPlan(**given(body)), client_id=body.client_id)
    return _cohort_out(ctx, made.id)


@endpoint(bp, COHORT, "PATCH", result=CohortOut, body=bodies.CohortPatch, scope=WRITE, errors=(422,))
def edit_cohort(slug: str, cohort_id: int, body: bodies.CohortPatch) -> CohortOut:
    """Change what is said of a cohort; what is left out stays as it is, and so do the times of its units."""
    ctx = read_room(current_actor(), slug)
    one = open_cohort(ctx, cohort_id).cohort
    plan = replace(cohort_plan(one), **given(body, can_be_empty={"capacity", "join_until"}))
    cohorts.edit_cohort(ctx, cohort_id, plan=plan, revision=seen(body.revision, one.revision))
    return _cohort_out(ctx, cohort_id)


@endpoint(bp, f"{COHORT}/publish", "POST", result=CohortOut, scope=WRITE)
def publish_cohort(slug: str, cohort_id: int) -> CohortOut:
    """Show a cohort that has a unit to the room; to publish it again changes nothing."""
    ctx = read_room(current_actor(), slug)
    cohorts.publish_cohort(ctx, cohort_id)
    return _cohort_out(ctx, cohort_id)


@endpoint(bp, f"{COHORT}/copy", "POST", result=CohortOut, body=bodies.CopyBody, status=201, scope=WRITE, errors=(422,))
def copy_cohort(slug: str, cohort_id: int, body: bodies.CopyBody) -> CohortOut:
    """Copy the plan for the next term, moved by whole weeks; members, teams and work are not copied."""
    ctx = read_room(current_actor(), slug)
    made = copying.copy_cohort(ctx, cohort_id, name=body.name, starts_on=body.starts_on, client_id=body.client_id)
    return _cohort_out(ctx, made.id)


@endpoint(
    bp,
    f"{COHORT}/challenges",
    "POST",
    result=ChallengeOut,
    body=bodies.ChallengeBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def add_challenge(slug: str, cohort_id: int, body: bodies.ChallengeBody) -> ChallengeOut:
    """Add a group challenge."""
    ctx = read_room(current_actor(), slug)
    plan = ChallengePlan(**given(body))
    made = challenges.add_challenge(ctx, cohort_id, plan=plan, client_id=body.client_id)
    return challenge_out(*open_challenge(ctx, made.id))


@endpoint(bp, CHALLENGE, "PATCH", result=ChallengeOut, body=bodies.ChallengePatch, scope=WRITE, errors=(422,))
def edit_challenge(slug: str, challenge_id: int, body: bodies.ChallengePatch) -> ChallengeOut:
    """Change a challenge; what is left out stays as it is, and what was given out to be read stays given out."""
    ctx = read_room(current_actor(), slug)
    c, one = open_challenge(ctx, challenge_id)
    known = challenge_plan(one, c.cohort.time_zone)
    challenges.edit_challenge(
        ctx, challenge_id, plan=replace(known, **given(body)), revision=seen(body.revision, one.revision)
    )
    return challenge_out(*open_challenge(ctx, challenge_id))


@endpoint(bp, CHALLENGE, "DELETE", result=None, status=204, scope=WRITE)
def remove_challenge(slug: str, challenge_id: int) -> None:
    """Remove a challenge on which nobody has begun."""
    challenges.remove_challenge(read_room(current_actor(), slug), challenge_id)


@endpoint(bp, f"{CHALLENGE}/rubric", "PUT", result=ChallengeOut, body=bodies.RubricBody, scope=WRITE, errors=(422,))
def set_rubric(slug: str, challenge_id: int, body: bodies.RubricBody) -> ChallengeOut:
    """Replace the rubric; once feedback was given by it, it stays as it is."""
    ctx = read_room(current_actor(), slug)
    criteria = [
        (one.name, write_levels([[clean_line(part) for part in level] for level in one.levels]))
        for one in body.criteria
    ]
    challenges.set_rubric(ctx, challenge_id, criteria=criteria)
    return challenge_out(*open_challenge(ctx, challenge_id))


@endpoint(bp, f"{CHALLENGE}/start-feedback", "POST", result=ChallengeOut, scope=WRITE)
def start_feedback(slug: str, challenge_id: int) -> ChallengeOut:
    """Give the work out to be read before it is due, once two teams have handed in; doing it again changes nothing."""
    ctx = read_room(current_actor(), slug)
    assignment.start_feedback(ctx, challenge_id)
    return challenge_out(*open_challenge(ctx, challenge_id))


def given(body: Schema, *, can_be_empty: Collection[str] = ()) -> dict[str, Any]:
    """Return what a body says of a plan, named as plans do; ``null`` counts for what can be empty and was sent."""
    said = body.model_dump(exclude={"client_id", "revision"})
    emptied = body.model_fields_set & set(can_be_empty)
    return {_CLOCKS.get(name, name): one for name, one in said.items() if one is not None or name in emptied}


def seen(named: int | None, present: int) -> int:
    """Return the revision a change builds on: the one that was named, or else the one that it was completed from."""
    return present if named is None else named


def _cohort_out(ctx: RoomContext, cohort_id: int) -> CohortOut:
    c = open_cohort(ctx, cohort_id)
    return CohortOut.of(c.cohort, has_joined=c.is_in)
