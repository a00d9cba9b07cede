"""Teams: made at once and balanced, or by hand.

Rule: in a challenge somebody is in one team at most; once work was given out to be read, nobody changes teams any more.
"""

from __future__ import annotations

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError

from social_cme.cohorts.models import Challenge, Deliverable, Review, Team, TeamComment, TeamMember
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.cohorts.queries.challenges import find_work, list_teams
from social_cme.cohorts.queries.courses import list_active_members
from social_cme.cohorts.queries.door import open_team
from social_cme.cohorts.rules import limits
from social_cme.cohorts.rules.teams import Person, balanced_teams
from social_cme.cohorts.services.challenges import has_begun, manage_challenge, record_challenge
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.ids import MAX_ID
from social_cme.core.permissions import require
from social_cme.live.services.texts import required_line
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def balance_teams(ctx: RoomContext, challenge_id: int, *, count: int, seed: str = "") -> list[Team]:
    """Divide the members of the cohort among *count* new teams, mixed by profession and career stage.

    Replaces the teams that are there; raises ``Conflict`` when one of them has begun to work.
    """
    with transaction() as tx:
        c, challenge = manage_challenge(ctx, challenge_id)
        if has_begun(tx, challenge.id) or challenge.assigned_at is not None:
            raise Conflict("Teams have begun to work. Move people one by one instead.")
        members = list_active_members(c.cohort.id)
        most = min(len(members), limits.MOST_TEAMS)
        if not 1 <= count <= most:
            words = f"Choose 1 to {most} teams for {len(members)} members." if most else "Nobody has joined yet."
            raise Invalid(words, fields={"count": [words]})
        people = [Person(one.user_id, one.user.profession or "", one.user.career_stage or "") for one in members]
        for model in (TeamMember, Team):
            gone = delete(model).where(model.challenge_id == challenge.id)
            tx.session.execute(gone.execution_options(synchronize_session=False))
        teams = [
            _add_team(tx, challenge, f"Team {number}", [one.id for one in group])
            for number, group in enumerate(balanced_teams(people, count, seed=seed or str(challenge.id)), start=1)
        ]
        record_challenge(tx, c, challenge.id, "teams")
    return teams


def add_team(ctx: RoomContext, challenge_id: int, *, name: str) -> Team:
    """Add an empty team."""
    words = _name(name)
    with transaction() as tx:
        c, challenge = manage_challenge(ctx, challenge_id)
        if len(list_teams(challenge.id)) >= limits.MOST_TEAMS:
            raise Conflict(f"A challenge can have up to {limits.MOST_TEAMS} teams.")
        team = _named(tx, Team(challenge_id=challenge.id, name=words))
        record_challenge(tx, c, challenge.id, "teams")
    return team


def rename_team(ctx: RoomContext, team_id: int, *, name: str) -> Team:
    """Give a team another name."""
    words = _name(name)
    with transaction() as tx:
        c, challenge, team = _manage_team(ctx, team_id)
        team.name = words
        _named(tx, team)
        record_challenge(tx, c, challenge.id, "teams")
    return team


def remove_team(ctx: RoomContext, team_id: int) -> int:
    """Remove a team that has not begun; its people are without a team then. Returns the id of the challenge."""
    with transaction() as tx:
        c, challenge, team = _manage_team(ctx, team_id)
        saved = exists().where(Deliverable.team_id == team.id)
        said = exists().where(TeamComment.team_id == team.id)
        asked = exists().where((Review.reviewed_team_id == team.id) | (Review.reviewer_team_id == team.id))
        if tx.session.scalar(select(saved | said | asked)):
            raise Conflict("This team has begun to work, so it stays.")
        gone = delete(TeamMember).where(TeamMember.team_id == team.id)
        tx.session.execute(gone.execution_options(synchronize_session=False))
        tx.session.delete(team)
        record_challenge(tx, c, challenge.id, "teams")
    return challenge.id


def place_member(ctx: RoomContext, challenge_id: int, *, user_id: int, team_id: int | None) -> None:
    """Put a member of the cohort into a team, or out of every team; the work stays with the team that wrote it."""
    if not all(0 < one <= MAX_ID for one in (user_id, team_id or user_id)):
        raise NotFound
    with transaction() as tx:
        c, challenge = manage_challenge(ctx, challenge_id)
        present = tx.session.scalar(select(TeamMember).filter_by(challenge_id=challenge.id, user_id=user_id))
        if present is None and user_id not in {one.user_id for one in list_active_members(c.cohort.id)}:
            raise NotFound
        if team_id is not None:
            team = tx.session.get(Team, team_id)
            if team is None or team.challenge_id != challenge.id:
                raise NotFound
        _may_change(challenge, present, team_id)
        if present is not None and present.team_id == team_id:
            return
        if present is not None:
            tx.session.delete(present)
            tx.session.flush()
        if team_id is not None:
            tx.add(TeamMember(challenge_id=challenge.id, team_id=team_id, user_id=user_id))
        record_challenge(tx, c, challenge.id, "teams")


def _may_change(challenge: Challenge, present: TeamMember | None, team_id: int | None) -> None:
    if present is None or present.team_id == team_id:
        return
    work = find_work(present.team_id)
    if challenge.assigned_at is not None or (work is not None and work.submitted_at is not None):
        raise Conflict("The team's work is handed in, so its people stay. Who has no team can still be put into one.")


def _add_team(tx: Transaction, challenge: Challenge, name: str, user_ids: list[int]) -> Team:
    team = Team(challenge_id=challenge.id, name=name)
    tx.add(team)
    for user_id in user_ids:
        tx.session.add(TeamMember(challenge_id=challenge.id, team_id=team.id, user_id=user_id))
    tx.session.flush()
    return team


def _named(tx: Transaction, team: Team) -> Team:
    try:
        with tx.savepoint():
            tx.add(team)
    except IntegrityError as error:
        raise Invalid(fields={"name": ["Another team has this name. Choose another one."]}) from error
    return team


def _manage_team(ctx: RoomContext, team_id: int) -> tuple[CohortContext, Challenge, Team]:
    c, challenge, team = open_team(ctx, team_id, lock=True)
    require(can_plan(ctx))
    return c, challenge, team


def _name(name: str) -> str:
    return required_line(name, field="name", limit=limits.TEAM_NAME, name="a name for the team")
