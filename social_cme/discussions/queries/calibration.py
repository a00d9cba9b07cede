"""How good the probabilities were that somebody gave in differential polls.

Rule: the one who asks is the one whose ballots are read; there is no way to ask for another person's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.discussions.enums import ResponseKind, ThreadStatus
from social_cme.discussions.models import BallotShare, CaseStep, StepResponse, Thread
from social_cme.discussions.queries.steps import options_of
from social_cme.discussions.rules.ballots import tells_right
from social_cme.discussions.rules.calibration import Bin, Forecast, mean_score, reliability, running_means
from social_cme.extensions import db
from social_cme.rooms.models import Room
from social_cme.rooms.queries.directory import readable_by


@dataclass(frozen=True, slots=True)
class ScoredBallot:
    """One's own ballot with what proved right; the names are empty where the case cannot be read any more."""

    forecast: Forecast
    running: float
    position: int
    right_text: str
    right_share: int
    thread_id: int | None
    title: str
    room_slug: str
    room_name: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything of one's own that can be scored, in the order of time, and how many ballots wait for their diagnosis."""

    ballots: Sequence[ScoredBallot]
    mean: float | None
    even_mean: float | None
    bins: Sequence[Bin]
    waiting: int


def my_calibration(actor: User) -> Calibration:
    """Return the calibration of the person who asks; five statements however many ballots there are."""
    mine = select(StepResponse).where(StepResponse.user_id == actor.id, StepResponse.how == ResponseKind.BALLOT)
    total = db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    rows = _solved_rows(actor)
    shares = _shares([row.id for row in rows])
    options = options_of([row.step_id for row in rows])
    readable = _readable(actor, {row.thread_id for row in rows})
    passed = _passed(actor, {row.thread_id for row in rows})
    found = []
    for row in rows:
        offered = options[row.step_id]
        right = next((one for one in offered if one.is_right), None)
        opened = row.step_count if row.status == ThreadStatus.CLOSED else min(row.step_count, passed[row.thread_id] + 1)
        told = tells_right(is_solved=True, answer_from=row.answer_from, open_steps=opened, step_count=row.step_count)
        if right is not None and told:
            one = Forecast(row.changed_at, shares.get(row.id, {}), [option.id for option in offered], right.id)
            found.append((row, one, right))
    forecasts = [one for _row, one, _right in found]
    ballots = [
        ScoredBallot(
            forecast=one,
            running=running,
            position=row.position,
            right_text=right.text if row.thread_id in readable else "",
            right_share=one.shares.get(right.id, 0),
            thread_id=row.thread_id if row.thread_id in readable else None,
            title=row.title if row.thread_id in readable else "",
            room_slug=row.slug if row.thread_id in readable else "",
            room_name=row.name if row.thread_id in readable else "",
        )
        for (row, one, right), running in zip(found, running_means(forecasts), strict=True)
    ]
    even = sum(one.even_score for one in forecasts) / len(forecasts) if forecasts else None
    return Calibration(ballots, mean_score(forecasts), even, reliability(forecasts), total - len(found))


def _solved_rows(actor: User) -> Sequence[Any]:
    columns = (
        StepResponse.id,
        StepResponse.step_id,
        StepResponse.thread_id,
        StepResponse.changed_at,
        CaseStep.position,
        CaseStep.answer_from,
        Thread.step_count,
        Thread.status,
        Thread.title,
        Room.slug,
        Room.name,
    )
    return db.session.execute(
        select(*columns)
        .join(CaseStep, CaseStep.id == StepResponse.step_id)
        .join(Thread, Thread.id == StepResponse.thread_id)
        .join(Room, Room.id == Thread.room_id)
        .where(
            StepResponse.user_id == actor.id, StepResponse.how == ResponseKind.BALLOT, CaseStep.solved_at.is_not(None)
        )
        .order_by(StepResponse.changed_at, StepResponse.id)
    ).all()


def _shares(response_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    rows = select(BallotShare).where(BallotShare.response_id.in_(response_ids))
    for share in db.session.scalars(rows):
        found.setdefault(share.response_id, {})[share.option_id] = share.percent
    return found


def _readable(actor: User, thread_ids: set[int]) -> set[int]:
    seen = select(Thread.id).join(Room, Room.id == Thread.room_id)
    return set(
        db.session.scalars(seen.where(Thread.id.in_(thread_ids), Thread.hidden_at.is_(None), readable_by(actor)))
    )


def _passed(actor: User, thread_ids: set[int]) -> dict[int, int]:
    rows = (
        select(StepResponse.thread_id, func.count())
        .where(StepResponse.user_id == actor.id, StepResponse.thread_id.in_(thread_ids))
        .group_by(StepResponse.thread_id)
    )
    return {thread_id: number for thread_id, number in db.session.execute(rows)}  # noqa: C416
