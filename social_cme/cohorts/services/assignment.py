"""Giving the teams' work out to be read by other teams.

Rule: who reads whom is decided once, for all who have handed in; whoever hands in later is brought in without changing what
the others were asked for.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.cohorts import events
from social_cme.cohorts.models import Challenge, Deliverable, Review, Team
from social_cme.cohorts.queries.challenges import list_due
from social_cme.cohorts.rules.reviews import Pair, add_latecomer, assign_reviews
from social_cme.cohorts.services.challenges import manage_challenge
from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def start_feedback(ctx: RoomContext, challenge_id: int) -> Challenge:
    """Give the work out now, before it is due; for coordinators, when at least two teams have handed in."""
    with transaction() as tx:
        _c, challenge = manage_challenge(ctx, challenge_id)
        if challenge.assigned_at is not None:
            return challenge
        if len(_submitted(tx, challenge.id)) < 2:
            raise Conflict("Peer feedback needs two teams that have handed in.")
        _give_out(tx, challenge, actor_id=ctx.user.id)
    return challenge


def start_due_feedback() -> int:
    """Give out the work of every challenge that is due; returns how many. May run twice for the same moment."""
    started = 0
    for _room_id, challenge_id in list_due(clock.now()):
        with transaction() as tx:
            statement = select(Challenge).where(Challenge.id == challenge_id, Challenge.assigned_at.is_(None))
            challenge = tx.session.scalar(
                statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)
            )
            if challenge is not None and challenge.due_at <= clock.now():
                _give_out(tx, challenge, actor_id=None)
                started += 1
    return started


def bring_in_latecomer(tx: Transaction, challenge: Challenge, team: Team) -> None:
    """Let a team that handed in after the work was given out read and be read like the others."""
    known: list[Pair] = [
        (reader, read)
        for reader, read in tx.session.execute(
            select(Review.reviewer_team_id, Review.reviewed_team_id).where(
                Review.challenge_id == challenge.id, Review.reviewer_team_id.is_not(None)
            )
        )
        if reader is not None
    ]
    pairs = add_latecomer(known, _submitted(tx, challenge.id), team.id, challenge.reviews_each)
    _write(tx, challenge, pairs, actor_id=None, team_id=team.id)


def _give_out(tx: Transaction, challenge: Challenge, *, actor_id: int | None) -> None:
    challenge.assigned_at = clock.now()
    pairs = assign_reviews(_submitted(tx, challenge.id), challenge.reviews_each, seed=str(challenge.id))
    _write(tx, challenge, pairs, actor_id=actor_id, team_id=None)


def _write(
    tx: Transaction, challenge: Challenge, pairs: list[Pair], *, actor_id: int | None, team_id: int | None
) -> None:
    for reader, read in pairs:
        tx.session.add(Review(challenge_id=challenge.id, reviewer_team_id=reader, reviewed_team_id=read, levels={}))
    tx.session.flush()
    tx.record(
        events.FeedbackAssigned(
            actor_id=actor_id,
            room_id=challenge.room_id,
            cohort_id=challenge.cohort_id,
            challenge_id=challenge.id,
            team_id=team_id,
            reviews=len(pairs),
        )
    )


def _submitted(tx: Transaction, challenge_id: int) -> list[int]:
    statement = (
        select(Team.id)
        .join(Deliverable, Deliverable.team_id == Team.id)
        .where(Team.challenge_id == challenge_id, Deliverable.submitted_at.is_not(None))
        .order_by(Team.id)
    )
    return list(tx.session.scalars(statement))
