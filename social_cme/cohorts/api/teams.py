"""Making teams over the REST API, for who runs the room."""

from __future__ import annotations

from social_cme.cohorts.api import bp
from social_cme.cohorts.api.challenges import CHALLENGE, TEAM
from social_cme.cohorts.api.courses import WRITE
from social_cme.cohorts.policies import can_plan
from social_cme.cohorts.queries.challenges import list_teams, list_without_team
from social_cme.cohorts.queries.door import open_challenge
from social_cme.cohorts.schemas import teams as schemas
from social_cme.cohorts.schemas.challenges import TeamOut
from social_cme.cohorts.services import teams
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import endpoint

TEAMS = f"{CHALLENGE}/teams"
PLACE = f"{CHALLENGE}/members/<id:user_id>"


@endpoint(bp, TEAMS, "GET", result=schemas.TeamList)
def list_all_teams(slug: str, challenge_id: int) -> schemas.TeamList:
    """List the teams of a challenge and who is in none, for who makes them."""
    return _teams_out(read_room(current_actor(), slug), challenge_id)


@endpoint(bp, TEAMS, "POST", result=TeamOut, body=schemas.TeamBody, status=201, scope=WRITE, errors=(422,))
def add_team(slug: str, challenge_id: int, body: schemas.TeamBody) -> TeamOut:
    """Add an empty team; its name is taken then, so that a repeat is refused."""
    ctx = read_room(current_actor(), slug)
    return _team_out(challenge_id, teams.add_team(ctx, challenge_id, name=body.name).id)


@endpoint(bp, f"{TEAMS}/balance", "POST", result=schemas.TeamList, body=schemas.BalanceBody, scope=WRITE, errors=(422,))
def balance_teams(slug: str, challenge_id: int, body: schemas.BalanceBody) -> schemas.TeamList:
    """Divide everybody among new teams, mixed by profession and career stage; drawn anew until a team has begun."""
    ctx = read_room(current_actor(), slug)
    teams.balance_teams(ctx, challenge_id, count=body.count, seed=new_token())
    return _teams_out(ctx, challenge_id)


@endpoint(bp, PLACE, "PUT", result=schemas.TeamList, body=schemas.PlaceBody, scope=WRITE, errors=(422,))
def place_member(slug: str, challenge_id: int, user_id: int, body: schemas.PlaceBody) -> schemas.TeamList:
    """Put a member of the cohort into a team, out of any other."""
    ctx = read_room(current_actor(), slug)
    teams.place_member(ctx, challenge_id, user_id=user_id, team_id=body.team_id)
    return _teams_out(ctx, challenge_id)


@endpoint(bp, PLACE, "DELETE", result=schemas.TeamList, scope=WRITE)
def take_member_out(slug: str, challenge_id: int, user_id: int) -> schemas.TeamList:
    """Take somebody out of every team of a challenge; the work stays with the team that wrote it."""
    ctx = read_room(current_actor(), slug)
    teams.place_member(ctx, challenge_id, user_id=user_id, team_id=None)
    return _teams_out(ctx, challenge_id)


@endpoint(bp, TEAM, "PATCH", result=TeamOut, body=schemas.TeamBody, scope=WRITE, errors=(422,))
def rename_team(slug: str, team_id: int, body: schemas.TeamBody) -> TeamOut:
    """Give a team another name."""
    team = teams.rename_team(read_room(current_actor(), slug), team_id, name=body.name)
    return _team_out(team.challenge_id, team.id)


@endpoint(bp, TEAM, "DELETE", result=None, status=204, scope=WRITE)
def remove_team(slug: str, team_id: int) -> None:
    """Remove a team that has not begun; its people are without a team then."""
    teams.remove_team(read_room(current_actor(), slug), team_id)


def _teams_out(ctx: RoomContext, challenge_id: int) -> schemas.TeamList:
    c, challenge = open_challenge(ctx, challenge_id)
    require(can_plan(ctx))
    lines = list_teams(challenge.id)
    return schemas.TeamList.of(lines, list_without_team(c, lines))


def _team_out(challenge_id: int, team_id: int) -> TeamOut:
    return TeamOut.of(next(line for line in list_teams(challenge_id) if line.team.id == team_id))
