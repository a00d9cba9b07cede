"""Making teams: balanced at once, or by hand."""

from __future__ import annotations

from flask import request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.cohorts.forms import BalanceForm, PlaceForm, TeamForm
from social_cme.cohorts.models import Challenge
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.cohorts.queries.challenges import list_teams, list_without_team
from social_cme.cohorts.queries.door import open_challenge, open_team
from social_cme.cohorts.rules.teams import Person, professions_met
from social_cme.cohorts.services import teams
from social_cme.cohorts.views import bp, person
from social_cme.cohorts.views.frame import Page, act_and_return, page
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

TEAM_SIZE = 4


@bp.get("/rooms/<slug:slug>/challenges/<id:challenge_id>/teams")
@login_required
def manage_teams(slug: str, challenge_id: int) -> str:
    """Show the teams and who has none."""
    c, challenge = open_challenge(_planner(slug), challenge_id)
    return _teams_page(c, challenge)


@bp.post("/rooms/<slug:slug>/challenges/<id:challenge_id>/teams/balance")
@login_required
@limiter.limit("60 per hour", key_func=person)
def balance(slug: str, challenge_id: int) -> Page:
    """Make balanced teams of everybody."""
    c, challenge = open_challenge(_planner(slug), challenge_id)
    form = BalanceForm()
    if not form.validate():
        return _teams_page(c, challenge, balance_form=form), 422
    try:
        # Whoever presses again wants other teams, so the lot is drawn anew.
        teams.balance_teams(c.room, challenge_id, count=form.count.data, seed=new_token())
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _teams_page(*open_challenge(_planner(slug), challenge_id), balance_form=form), error.status
    address = url_for("cohorts.manage_teams", slug=slug, challenge_id=challenge_id)
    return act_and_return(lambda: None, address, done="The teams are made. You can still move people by hand.")


@bp.post("/rooms/<slug:slug>/challenges/<id:challenge_id>/teams/add")
@login_required
@limiter.limit("100 per hour", key_func=person)
def add_team(slug: str, challenge_id: int) -> Page:
    """Add an empty team."""
    c, challenge = open_challenge(_planner(slug), challenge_id)
    form = TeamForm()
    if not form.validate():
        return _teams_page(c, challenge, team_form=form), 422
    try:
        teams.add_team(c.room, challenge_id, name=form.name.data)
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _teams_page(*open_challenge(_planner(slug), challenge_id), team_form=form), error.status
    address = url_for("cohorts.manage_teams", slug=slug, challenge_id=challenge_id)
    return act_and_return(lambda: None, address, done="The team is added.")


@bp.post("/rooms/<slug:slug>/challenges/<id:challenge_id>/teams/place")
@login_required
@limiter.limit("300 per hour", key_func=person)
def place(slug: str, challenge_id: int) -> Page:
    """Put somebody into a team, or out of every team."""
    c, challenge = open_challenge(_planner(slug), challenge_id)
    form = PlaceForm()
    if not form.validate():
        return _teams_page(c, challenge), 422
    address = url_for("cohorts.manage_teams", slug=slug, challenge_id=challenge_id)
    return act_and_return(
        lambda: teams.place_member(c.room, challenge_id, user_id=form.user_id.data, team_id=form.team_id.data or None),
        address,
        done="The team is changed.",
    )


@bp.post("/rooms/<slug:slug>/teams/<id:team_id>/rename")
@login_required
def rename_team(slug: str, team_id: int) -> Response:
    """Give a team another name."""
    c, challenge, _team = open_team(_planner(slug), team_id)
    address = url_for("cohorts.manage_teams", slug=slug, challenge_id=challenge.id)
    name = request.form.get("name", "")
    return act_and_return(lambda: teams.rename_team(c.room, team_id, name=name), address, done="The team is renamed.")


@bp.post("/rooms/<slug:slug>/teams/<id:team_id>/remove")
@login_required
def remove_team(slug: str, team_id: int) -> Response:
    """Remove a team that has not begun."""
    c, challenge, _team = open_team(_planner(slug), team_id)
    address = url_for("cohorts.manage_teams", slug=slug, challenge_id=challenge.id)
    return act_and_return(lambda: teams.remove_team(c.room, team_id), address, done="The team is removed.")


def _teams_page(
    c: CohortContext,
    challenge: Challenge,
    *,
    balance_form: BalanceForm | None = None,
    team_form: TeamForm | None = None,
) -> str:
    lines = list_teams(challenge.id)
    waiting = list_without_team(c, lines)
    groups = [[Person(one.user_id, one.user.profession or "") for one in line.people] for line in lines]
    proposed = max(1, (sum(len(line.people) for line in lines) + len(waiting) + TEAM_SIZE - 1) // TEAM_SIZE)
    return page(
        "cohorts/teams.html",
        c,
        challenge=challenge,
        teams=lines,
        waiting=waiting,
        has_begun=challenge.assigned_at is not None or any(line.work for line in lines),
        mix=professions_met(groups),
        balance_form=balance_form or BalanceForm(formdata=None, count=len(lines) or proposed),
        team_form=team_form or TeamForm(formdata=None),
    )


def _planner(slug: str) -> RoomContext:
    ctx = read_room(require_actor(), slug)
    require(can_plan(ctx))
    return ctx
