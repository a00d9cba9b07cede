"""Group challenges, teams' work and feedback over the REST API."""

from __future__ import annotations

from social_cme.cohorts.api import bp
from social_cme.cohorts.api.courses import WRITE
from social_cme.cohorts.models import Challenge, Team
from social_cme.cohorts.policies import CohortContext, can_read_challenge, can_read_work
from social_cme.cohorts.queries.challenges import (
    feedback_is_open,
    find_work,
    is_in_team,
    list_comments,
    list_criteria,
    list_teams,
    list_versions,
    reads_work_of,
    reviews_by,
    reviews_of,
)
from social_cme.cohorts.queries.door import open_challenge, open_team
from social_cme.cohorts.rules.states import challenge_phase
from social_cme.cohorts.schemas import challenges as schemas
from social_cme.cohorts.services import deliverables, feedback
from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import endpoint

CHALLENGE = "/rooms/<slug:slug>/challenges/<id:challenge_id>"
TEAM = "/rooms/<slug:slug>/teams/<id:team_id>"
REVIEW = "/rooms/<slug:slug>/reviews/<id:review_id>"


@endpoint(bp, CHALLENGE, "GET", result=schemas.ChallengeOut)
def show_challenge(slug: str, challenge_id: int) -> schemas.ChallengeOut:
    """Show a challenge with its rubric, its teams and what one's own team was asked for."""
    return challenge_out(*open_challenge(read_room(current_actor(), slug), challenge_id))


@endpoint(bp, f"{TEAM}/work", "GET", result=schemas.WorkOut)
def show_work(slug: str, team_id: int) -> schemas.WorkOut:
    """Show a team's work: to the team, to those asked for feedback once it is handed in, to who guides or runs the room."""
    _readable(slug, team_id)
    return schemas.WorkOut.of(team_id, find_work(team_id))


@endpoint(bp, f"{TEAM}/work", "PUT", result=schemas.WorkOut, body=schemas.WorkBody, scope=WRITE, errors=(422,))
def save_work(slug: str, team_id: int, body: schemas.WorkBody) -> schemas.WorkOut:
    """Save a version of one's team's draft; 409 when a colleague saved meanwhile."""
    ctx = read_room(current_actor(), slug)
    work = deliverables.save_deliverable(ctx, team_id, body=body.body, link=body.link, revision=body.revision)
    return schemas.WorkOut.of(team_id, work)


@endpoint(bp, f"{TEAM}/work/versions", "GET", result=schemas.VersionList)
def list_work_versions(slug: str, team_id: int) -> schemas.VersionList:
    """List what a team's draft said before, for the team and those who guide or run the room."""
    c, _challenge, team = _readable(slug, team_id)
    may = c.oversees or (c.is_in and is_in_team(team.id, c.room.actor_id))
    found = list_versions(find_work(team.id)) if may else []
    return schemas.VersionList(items=[schemas.VersionOut.of(one) for one in found])


@endpoint(
    bp, f"{TEAM}/work/submission", "PUT", result=schemas.WorkOut, body=schemas.WorkBody, scope=WRITE, errors=(422,)
)
def submit_work(slug: str, team_id: int, body: schemas.WorkBody) -> schemas.WorkOut:
    """Hand in one's team's work, once; after the due time it is marked as late."""
    ctx = read_room(current_actor(), slug)
    work = deliverables.submit_deliverable(ctx, team_id, body=body.body, link=body.link, revision=body.revision)
    return schemas.WorkOut.of(team_id, work)


@endpoint(bp, f"{TEAM}/reviews", "GET", result=schemas.ReviewList)
def list_reviews(slug: str, team_id: int) -> schemas.ReviewList:
    """List the feedback on a team's work, from the feedback date on or once the team gave its own."""
    c, challenge, team = _readable(slug, team_id)
    may = c.oversees or (is_in_team(team.id, c.room.actor_id) and c.is_in and feedback_is_open(challenge, team.id))
    given = [one for one in reviews_of(team.id) if one.given_at is not None] if may else []
    return schemas.ReviewList(items=[schemas.ReviewOut.of(one) for one in given])


@endpoint(bp, REVIEW, "PUT", result=schemas.ReviewOut, body=schemas.FeedbackBody, scope=WRITE, errors=(422,))
def give_review(slug: str, review_id: int, body: schemas.FeedbackBody) -> schemas.ReviewOut:
    """Give the feedback that one's team was asked for, once."""
    ctx = read_room(current_actor(), slug)
    return schemas.ReviewOut.of(feedback.give_feedback(ctx, review_id, levels=body.levels, body=body.body))


@endpoint(
    bp,
    f"{TEAM}/reviews",
    "POST",
    result=schemas.ReviewOut,
    body=schemas.FeedbackBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def review_work(slug: str, team_id: int, body: schemas.FeedbackBody) -> schemas.ReviewOut:
    """Fill in the rubric for a team's work as a coordinator, once."""
    ctx = read_room(current_actor(), slug)
    return schemas.ReviewOut.of(feedback.review_as_coordinator(ctx, team_id, levels=body.levels, body=body.body))


@endpoint(bp, f"{TEAM}/comments", "GET", result=schemas.CommentList)
def list_team_comments(slug: str, team_id: int) -> schemas.CommentList:
    """List what was said beside a team's work, for the team and those who guide or run the room."""
    c, _challenge, team = _readable(slug, team_id)
    may = c.oversees or (c.is_in and is_in_team(team.id, c.room.actor_id))
    found = list_comments(team.id) if may else []
    return schemas.CommentList(items=[schemas.CommentOut.of(one) for one in found])


@endpoint(
    bp,
    f"{TEAM}/comments",
    "POST",
    result=schemas.CommentList,
    body=schemas.CommentBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def post_team_comment(slug: str, team_id: int, body: schemas.CommentBody) -> schemas.CommentList:
    """Write beside a team's work, and get everything that was said."""
    ctx = read_room(current_actor(), slug)
    feedback.post_comment(ctx, team_id, body=body.body, client_id=body.client_id)
    return schemas.CommentList(items=[schemas.CommentOut.of(one) for one in list_comments(team_id)])


def challenge_out(c: CohortContext, one: Challenge) -> schemas.ChallengeOut:
    """Show a challenge to somebody who may read it, with what the own team was asked for."""
    require(can_read_challenge(c, one, clock.now()))
    lines = list_teams(one.id)
    mine = next((line.team for line in lines if c.is_in and line.has(c.room.actor_id)), None)
    found = {"phase", "criteria", "teams", "my_team_id", "my_reviews"}
    own = {name: getattr(one, name) for name in schemas.ChallengeOut.model_fields if name not in found}
    return schemas.ChallengeOut(
        **own,
        phase=challenge_phase(
            opens_at=one.opens_at, due_at=one.due_at, feedback_at=one.feedback_at, moment=clock.now()
        ),
        criteria=[schemas.CriterionOut.model_validate(each) for each in list_criteria(one.id)],
        teams=[schemas.TeamOut.of(line) for line in lines],
        my_team_id=mine.id if mine is not None else None,
        my_reviews=[schemas.ReviewOut.of(each) for each in reviews_by(mine.id)] if mine is not None else [],
    )


def _readable(slug: str, team_id: int) -> tuple[CohortContext, Challenge, Team]:
    c, challenge, team = open_team(read_room(current_actor(), slug), team_id)
    require(can_read_challenge(c, challenge, clock.now()))
    in_team = is_in_team(team.id, c.room.actor_id)
    require(can_read_work(c, find_work(team.id), in_team=in_team, reads=reads_work_of(team.id, c.room.actor_id)))
    return c, challenge, team
