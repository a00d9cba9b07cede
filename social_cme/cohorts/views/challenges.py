"""Group challenges: the page, planning them, their rubric."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.cohorts.forms import ChallengeForm, RubricForm
from social_cme.cohorts.models import Criterion
from social_cme.cohorts.policies import can_plan, can_read_challenge, can_read_inside
from social_cme.cohorts.queries.challenges import list_criteria, list_teams, reviews_by
from social_cme.cohorts.queries.door import open_challenge, open_cohort
from social_cme.cohorts.rules import limits
from social_cme.cohorts.rules.dates import wall
from social_cme.cohorts.rules.rubrics import write_levels
from social_cme.cohorts.rules.states import challenge_phase
from social_cme.cohorts.services import assignment, challenges
from social_cme.cohorts.services.plans import ChallengePlan
from social_cme.cohorts.views import bp, person
from social_cme.cohorts.views.frame import Page, act_and_return, answer_form, page
from social_cme.core import clock
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor


@bp.get("/rooms/<slug:slug>/challenges/<id:challenge_id>")
def show_challenge(slug: str, challenge_id: int) -> str:
    """Show a challenge: the task, the rubric, one's team, whose work it reads, and all teams."""
    c, challenge = open_challenge(read_room(current_actor(), slug), challenge_id)
    require(can_read_inside(c))
    moment = clock.now()
    opened = can_read_challenge(c, challenge, moment)
    lines = list_teams(challenge.id) if opened else []
    mine = next((line for line in lines if c.is_in and line.has(c.room.actor_id)), None)
    return page(
        "cohorts/challenge.html",
        c,
        challenge=challenge,
        opened=opened,
        phase=challenge_phase(
            opens_at=challenge.opens_at, due_at=challenge.due_at, feedback_at=challenge.feedback_at, moment=moment
        ),
        criteria=list_criteria(challenge.id) if opened else [],
        teams=lines,
        mine=mine,
        reviews=reviews_by(mine.team.id) if mine is not None else [],
    )


@bp.route("/rooms/<slug:slug>/cohorts/<id:cohort_id>/challenges/new", methods=["GET", "POST"])
@login_required
@limiter.limit("100 per hour", methods=["POST"], key_func=person)
def new_challenge(slug: str, cohort_id: int) -> Page:
    """Add a group challenge."""
    c = open_cohort(_planner(slug), cohort_id)
    opens = datetime.combine(c.cohort.starts_on, time(9))
    due = datetime.combine(c.cohort.starts_on + timedelta(days=13), time(23, 59))
    form = ChallengeForm(opens_at=opens, due_at=due, feedback_at=due + timedelta(days=7), client_id=new_token()[:32])

    def act() -> str:
        made = challenges.add_challenge(c.room, cohort_id, plan=_plan(form), client_id=form.client_id.data or None)
        return url_for("cohorts.rubric", slug=slug, challenge_id=made.id)

    def show() -> str:
        return page("cohorts/challenge_form.html", open_cohort(_planner(slug), cohort_id), form=form, challenge=None)

    return answer_form(form, act, show, done="The challenge is there. Now say by what the teams give feedback.")


@bp.route("/rooms/<slug:slug>/challenges/<id:challenge_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("100 per hour", methods=["POST"], key_func=person)
def edit_challenge(slug: str, challenge_id: int) -> Page:
    """Change a challenge."""
    c, one = open_challenge(_planner(slug), challenge_id)
    zone = c.cohort.time_zone
    form = ChallengeForm(
        title=one.title,
        brief=one.brief_md,
        opens_at=wall(one.opens_at, zone),
        due_at=wall(one.due_at, zone),
        feedback_at=wall(one.feedback_at, zone),
        reviews_each=one.reviews_each,
        revision=str(one.revision),
    )

    def act() -> str:
        challenges.edit_challenge(c.room, challenge_id, plan=_plan(form), revision=form.seen())
        return url_for("cohorts.show_challenge", slug=slug, challenge_id=challenge_id)

    def show() -> str:
        again, fresh = open_challenge(_planner(slug), challenge_id)
        if form.form_errors:
            form.revision.data = str(fresh.revision)
        return page("cohorts/challenge_form.html", again, form=form, challenge=fresh)

    return answer_form(form, act, show, done="The challenge is changed.")


@bp.route("/rooms/<slug:slug>/challenges/<id:challenge_id>/rubric", methods=["GET", "POST"])
@login_required
@limiter.limit("100 per hour", methods=["POST"], key_func=person)
def rubric(slug: str, challenge_id: int) -> Page:
    """Write the rubric of a challenge."""
    c, _one = open_challenge(_planner(slug), challenge_id)
    form = RubricForm(**_present(list_criteria(challenge_id)))

    def act() -> str:
        challenges.set_rubric(c.room, challenge_id, criteria=_criteria(form))
        return url_for("cohorts.manage_teams", slug=slug, challenge_id=challenge_id)

    def show() -> str:
        again, fresh = open_challenge(_planner(slug), challenge_id)
        return page(
            "cohorts/rubric.html", again, form=form, challenge=fresh, numbers=range(1, limits.MOST_CRITERIA + 1)
        )

    return answer_form(form, act, show, done="The rubric is saved. Now make the teams.")


@bp.post("/rooms/<slug:slug>/challenges/<id:challenge_id>/remove")
@login_required
def remove_challenge(slug: str, challenge_id: int) -> Response:
    """Remove a challenge on which nobody has begun."""
    c, _one = open_challenge(_planner(slug), challenge_id)
    address = url_for("cohorts.manage", slug=slug, cohort_id=c.cohort.id)
    return act_and_return(
        lambda: challenges.remove_challenge(c.room, challenge_id), address, done="The challenge is removed."
    )


@bp.post("/rooms/<slug:slug>/challenges/<id:challenge_id>/start-feedback")
@login_required
def start_feedback(slug: str, challenge_id: int) -> Response:
    """Give the work out to be read before it is due."""
    c, _one = open_challenge(_planner(slug), challenge_id)
    address = url_for("cohorts.show_challenge", slug=slug, challenge_id=challenge_id)
    return act_and_return(
        lambda: assignment.start_feedback(c.room, challenge_id), address, done="The teams see whose work they read."
    )


def _planner(slug: str) -> RoomContext:
    ctx = read_room(require_actor(), slug)
    require(can_plan(ctx))
    return ctx


def _plan(form: ChallengeForm) -> ChallengePlan:
    return ChallengePlan(
        title=form.title.data,
        brief=form.brief.data or "",
        opens=form.opens_at.data,
        due=form.due_at.data,
        feedback=form.feedback_at.data,
        reviews_each=form.reviews_each.data,
    )


def _present(criteria: list[Criterion]) -> dict[str, Any]:
    names = {f"criterion_{number}": one.name for number, one in enumerate(criteria, start=1)}
    return names | {f"levels_{number}": write_levels(one.levels) for number, one in enumerate(criteria, start=1)}


def _criteria(form: RubricForm) -> list[tuple[str, str]]:
    """Return what was filled in; an empty place between two criteria is passed to the service, which names it."""
    pairs = [
        (form[f"criterion_{number}"].data or "", form[f"levels_{number}"].data or "")
        for number in range(1, limits.MOST_CRITERIA + 1)
    ]
    while pairs and not any(pairs[-1]):
        pairs.pop()
    return pairs
