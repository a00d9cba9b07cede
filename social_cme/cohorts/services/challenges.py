"""Group challenges and their rubrics."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, exists, select

from social_cme.cohorts import events
from social_cme.cohorts.models import Challenge, Criterion, Deliverable, Review, Team, TeamComment, TeamMember
from social_cme.cohorts.policies import CohortContext, can_plan
from social_cme.cohorts.queries.challenges import list_challenges
from social_cme.cohorts.queries.door import open_challenge
from social_cme.cohorts.rules import limits
from social_cme.cohorts.rules.rubrics import Line, parse_levels
from social_cme.cohorts.services.cohorts import check_revision, manage_cohort
from social_cme.cohorts.services.plans import ChallengePlan, Findings, challenge_columns
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live.services.texts import required_line
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def add_challenge(ctx: RoomContext, cohort_id: int, *, plan: ChallengePlan, client_id: str | None = None) -> Challenge:
    """Add a group challenge; raise ``Invalid`` with the fields that need another look."""
    with transaction() as tx:
        c = manage_cohort(ctx, cohort_id)
        claim = tx.claim(ctx.user.id, client_id, "challenge.add")
        if claim.object_id is not None:
            return open_challenge(ctx, claim.object_id)[1]
        if len(list_challenges(cohort_id)) >= limits.MOST_CHALLENGES:
            raise Conflict(f"A cohort can have up to {limits.MOST_CHALLENGES} challenges.")
        challenge = Challenge(room_id=ctx.room_id, cohort_id=cohort_id, **challenge_columns(plan, c.cohort))
        tx.add(challenge)
        record_challenge(tx, c, challenge.id, "added")
        claim.settle(challenge.id)
    return challenge


def edit_challenge(
    ctx: RoomContext, challenge_id: int, *, plan: ChallengePlan, revision: int | None = None
) -> Challenge:
    """Change a challenge; *revision* is the one the writer saw. What was given out to be read stays given out."""
    with transaction() as tx:
        c, challenge = manage_challenge(ctx, challenge_id)
        check_revision(challenge.revision, revision)
        for name, value in challenge_columns(plan, c.cohort).items():
            setattr(challenge, name, value)
        challenge.revision += 1
        record_challenge(tx, c, challenge.id, "edited")
    return challenge


def remove_challenge(ctx: RoomContext, challenge_id: int) -> CohortContext:
    """Remove a challenge on which no team has begun to work."""
    with transaction() as tx:
        c, challenge = manage_challenge(ctx, challenge_id)
        if has_begun(tx, challenge.id):
            raise Conflict("Teams have begun to work on this challenge, so it stays. You can change it instead.")
        for model in (TeamMember, Team, Criterion):
            gone = delete(model).where(model.challenge_id == challenge_id)
            tx.session.execute(gone.execution_options(synchronize_session=False))
        gone = delete(Challenge).where(Challenge.id == challenge_id)
        tx.session.execute(gone.execution_options(synchronize_session=False))
        record_challenge(tx, c, challenge_id, "removed")
    return c


def set_rubric(ctx: RoomContext, challenge_id: int, *, criteria: Sequence[tuple[str, str]]) -> list[Criterion]:
    """Replace the rubric by (name, levels as lines) pairs; an empty list takes it away.

    Once feedback was given by it, it stays as it is: what was said must keep its meaning.
    """
    lines = _checked(criteria)
    with transaction() as tx:
        c, challenge = manage_challenge(ctx, challenge_id)
        given = exists().where(Review.challenge_id == challenge.id, Review.given_at.is_not(None))
        if tx.session.scalar(select(given)):
            raise Conflict("Feedback was given by this rubric already, so it stays as it is.")
        gone = delete(Criterion).where(Criterion.challenge_id == challenge.id)
        tx.session.execute(gone.execution_options(synchronize_session=False))
        rows = [
            Criterion(
                challenge_id=challenge.id, position=place, name=line.name, levels=[list(one) for one in line.levels]
            )
            for place, line in enumerate(lines, start=1)
        ]
        for row in rows:
            tx.add(row)
        record_challenge(tx, c, challenge.id, "rubric")
    return rows


def manage_challenge(ctx: RoomContext, challenge_id: int) -> tuple[CohortContext, Challenge]:
    """Open a challenge, its cohort locked, for a change of the plan."""
    c, challenge = open_challenge(ctx, challenge_id, lock=True)
    require(can_plan(ctx))
    return c, challenge


def has_begun(tx: Transaction, challenge_id: int) -> bool:
    """Tell whether a team has saved something, or somebody wrote beside its work."""
    teams = select(Team.id).where(Team.challenge_id == challenge_id)
    saved = exists().where(Deliverable.team_id.in_(teams))
    said = exists().where(TeamComment.team_id.in_(teams))
    return bool(tx.session.scalar(select(saved | said)))


def record_challenge(tx: Transaction, c: CohortContext, challenge_id: int, change: str) -> None:
    """Note that something about a challenge changed."""
    tx.record(
        events.ChallengeChanged(
            actor_id=c.room.user.id,
            room_id=c.room.room_id,
            cohort_id=c.cohort.id,
            challenge_id=challenge_id,
            change=change,
        )
    )


def _checked(criteria: Sequence[tuple[str, str]]) -> list[Line]:
    """Return the rubric ready for storage; fields are named ``criterion_1`` and ``levels_1``, from 1."""
    found = Findings()
    lines: list[Line] = []
    too_many = len(criteria) > limits.MOST_CRITERIA
    found.note("criteria", f"A rubric has up to {limits.MOST_CRITERIA} criteria.", when=too_many)
    for number, (name, levels) in enumerate(criteria, start=1):
        try:
            checked = required_line(name, field=f"criterion_{number}", limit=limits.CRITERION, name="a name")
            lines.append(Line(checked, parse_levels(levels)))
        except Invalid as error:
            for field, messages in error.fields.items():
                found.note(field, messages[0])
        except ValueError as error:
            found.note(f"levels_{number}", str(error))
    found.settle()
    if len({line.name.casefold() for line in lines}) < len(lines):
        raise Invalid(fields={"criterion_1": ["Two criteria cannot have the same name."]})
    return lines
