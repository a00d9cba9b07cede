"""Giving feedback by the rubric: a team for another team, or a coordinator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import flash, redirect, request, url_for
from flask_login import login_required

from social_cme.cohorts.forms import FeedbackForm
from social_cme.cohorts.models import Challenge, Criterion, Team
from social_cme.cohorts.policies import (
    CohortContext,
    can_give_feedback,
    can_review_as_coordinator,
)
from social_cme.cohorts.queries.challenges import find_work, is_in_team, list_criteria
from social_cme.cohorts.queries.door import open_review, open_team
from social_cme.cohorts.services import feedback
from social_cme.cohorts.views import bp, person
from social_cme.cohorts.views.frame import Page, page
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


@bp.route("/rooms/<slug:slug>/reviews/<id:review_id>", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"], key_func=person)
def review(slug: str, review_id: int) -> Page:
    """Read another team's work, and say what one's team thinks of it."""
    ctx = read_room(require_actor(), slug)
    c, challenge, asked = open_review(ctx, review_id)
    in_team = is_in_team(asked.reviewer_team_id, ctx.actor_id)
    require(can_give_feedback(c, in_reviewing_team=in_team))
    return _answer(
        c,
        challenge,
        asked.reviewed_team,
        lambda levels, body: feedback.give_feedback(ctx, review_id, levels=levels, body=body),
        is_given=asked.given_at is not None,
        address=url_for("cohorts.show_challenge", slug=slug, challenge_id=challenge.id),
    )


@bp.route("/rooms/<slug:slug>/teams/<id:team_id>/review", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"], key_func=person)
def review_team(slug: str, team_id: int) -> Page:
    """Fill in the rubric for a team's work as a coordinator."""
    ctx = read_room(require_actor(), slug)
    c, challenge, team = open_team(ctx, team_id)
    require(can_review_as_coordinator(c))
    return _answer(
        c,
        challenge,
        team,
        lambda levels, body: feedback.review_as_coordinator(ctx, team_id, levels=levels, body=body),
        is_given=False,
        address=url_for("cohorts.show_team", slug=slug, team_id=team_id),
    )


def _answer(
    c: CohortContext,
    challenge: Challenge,
    team: Team,
    give: Callable[[dict[str, int], str], object],
    *,
    is_given: bool,
    address: str,
) -> Page:
    form, criteria, work = FeedbackForm(), list_criteria(challenge.id), find_work(team.id)
    chosen = _chosen(criteria)
    problem: str | None = None
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                give(chosen, form.body.data)
            except (Invalid, Conflict) as error:
                form.add_errors(error)
                problem, status = error.message, error.status
            else:
                flash("Your feedback is with the team.", "success")
                return redirect(address, code=303)
    html = page(
        "cohorts/review.html",
        c,
        challenge=challenge,
        team=team,
        work=work,
        criteria=criteria,
        chosen=chosen,
        form=form,
        problem=problem,
        is_given=is_given,
    )
    return html if status == 200 else (html, status)


def _chosen(criteria: Sequence[Criterion]) -> dict[str, int]:
    """Return the levels chosen on the page; what is no small number is left out, and the service asks for it."""
    sent = {str(one.id): request.form.get(f"level_{one.id}", "") for one in criteria}
    return {key: int(text) for key, text in sent.items() if text.isascii() and text.isdigit() and len(text) < 3}
