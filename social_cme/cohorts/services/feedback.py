"""Feedback on a team's work, and what is said beside it.

Rule: a rubric is filled in by another team, or by a coordinator; never by a mentor, and never by the team itself. Levels are
words and are not added up.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from social_cme.cohorts import events
from social_cme.cohorts.models import Challenge, Deliverable, Review, TeamComment
from social_cme.cohorts.policies import (
    CohortContext,
    can_comment,
    can_give_feedback,
    can_review_as_coordinator,
)
from social_cme.cohorts.queries.challenges import find_work, is_in_team, list_criteria
from social_cme.cohorts.queries.door import open_review, open_team
from social_cme.cohorts.rules import limits
from social_cme.cohorts.rules.rubrics import fitting_levels
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live.services.texts import required_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown


def give_feedback(ctx: RoomContext, review_id: int, *, levels: Mapping[str, int], body: str) -> Review:
    """Say what one's team thinks of another team's work: a level of each criterion, and words.

    *levels* is by the criterion's id as text, from 0. Raises ``Conflict`` when a colleague of the team was faster.
    """
    text = _words(body)
    with transaction() as tx:
        c, challenge, review = open_review(ctx, review_id, lock=True)
        require(can_give_feedback(c, in_reviewing_team=is_in_team(review.reviewer_team_id, ctx.actor_id)))
        if review.given_at is not None:
            raise Conflict("A colleague of your team gave this feedback already. What you wrote is kept here.")
        _give(tx, c, challenge, review, levels=levels, text=text)
    return review


def review_as_coordinator(ctx: RoomContext, team_id: int, *, levels: Mapping[str, int], body: str) -> Review:
    """Fill in the rubric for a team's work as a coordinator, once."""
    text = _words(body)
    with transaction() as tx:
        c, challenge, team = open_team(ctx, team_id, lock=True)
        require(can_review_as_coordinator(c))
        review = Review(challenge_id=challenge.id, reviewed_team_id=team.id, coordinator_id=ctx.user.id, levels={})
        _must_be_submitted(find_work(team.id))
        try:
            with tx.savepoint():
                tx.add(review)
        except IntegrityError as error:
            raise Conflict("You gave feedback on this work already.") from error
        _give(tx, c, challenge, review, levels=levels, text=text)
    return review


def post_comment(ctx: RoomContext, team_id: int, *, body: str, client_id: str | None = None) -> TeamComment:
    """Write beside a team's work: a question, a hint, a thank you. No grade."""
    with transaction() as tx:
        c, challenge, team = open_team(ctx, team_id)
        require(can_comment(c, in_team=is_in_team(team.id, ctx.actor_id)))
        claim = tx.claim(ctx.user.id, client_id, "team_comment.post")
        if claim.object_id is not None:
            return tx.session.scalars(select(TeamComment).filter_by(id=claim.object_id, team_id=team.id)).one()
        text = required_text(body, field="comment", limit=limits.COMMENT, name="a comment")
        comment = TeamComment(team_id=team.id, author_id=ctx.user.id, body_md=text, body_html=render_markdown(text))
        tx.add(comment)
        tx.record(
            events.TeamCommented(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                cohort_id=c.cohort.id,
                challenge_id=challenge.id,
                team_id=team.id,
                comment_id=comment.id,
            )
        )
        claim.settle(comment.id)
    return comment


def _give(
    tx: Transaction, c: CohortContext, challenge: Challenge, review: Review, *, levels: Mapping[str, int], text: str
) -> None:
    criteria = list_criteria(challenge.id)
    chosen = dict(levels)
    if not fitting_levels(chosen, {str(one.id): len(one.levels) for one in criteria}):
        missing = {f"level_{one.id}": ["Choose a level."] for one in criteria if str(one.id) not in chosen}
        raise Invalid("Choose one level for each criterion.", fields=missing or {"levels": ["Choose one for each."]})
    review.levels = chosen
    review.body_md, review.body_html = text, render_markdown(text)
    review.given_at, review.given_by_id = clock.now(), c.room.user.id
    tx.session.flush()
    tx.record(
        events.FeedbackGiven(
            actor_id=c.room.user.id,
            room_id=c.room.room_id,
            cohort_id=c.cohort.id,
            challenge_id=challenge.id,
            review_id=review.id,
            team_id=review.reviewed_team_id,
            reviewer_team_id=review.reviewer_team_id,
        )
    )


def _must_be_submitted(work: Deliverable | None) -> None:
    if work is None or work.submitted_at is None:
        raise Conflict("This team has not handed in yet.")


def _words(body: str) -> str:
    return required_text(body, field="body", limit=limits.FEEDBACK, name="your feedback in words")
