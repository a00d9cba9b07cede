"""The steps of a case as one reader sees them: those that are open, how peers answered, and what can be done now.

Rule: a step that is not open for the reader is never read from the database here, so its text cannot get anywhere. The number of
statements does not depend on how many steps, options and answers there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from social_cme.core.errors import NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions import policies
from social_cme.discussions.enums import PostKind, ResponseKind, StepAsk
from social_cme.discussions.models import BallotShare, CaseStep, Post, StepOption, StepResponse, StepRevision, Thread
from social_cme.discussions.queries.pages import PostView, post_views
from social_cme.discussions.queries.sight import Sight, sight_of
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.ballots import tells_right
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext

# More than anybody reads before going on; the others are counted.
ANSWERS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class OptionView:
    """A diagnosis of a poll; the numbers are 0 and ``is_right`` is false while the reader may not know them."""

    id: int
    text: str
    mine: int = 0
    mean: float = 0.0
    first_choices: int = 0
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class StepView:
    """An open step, and what one reader sees of it and may do with it."""

    step: CaseStep
    total: int
    how: ResponseKind | None
    may_respond: bool
    why_not: str
    may_change: bool
    may_skip: bool
    may_go_on: bool
    shows_peers: bool
    is_solved: bool
    options: Sequence[OptionView] = ()
    ballots: int = 0
    skipped: int = 0
    answers: Sequence[PostView] = ()
    answer_total: int = 0

    @property
    def is_last(self) -> bool:
        """Whether no step follows."""
        return self.step.position == self.total


@dataclass(frozen=True, slots=True)
class _Found:
    """What belongs to the open steps of a case, loaded at once."""

    options: dict[int, list[StepOption]] = field(default_factory=dict)
    mine: dict[int, StepResponse] = field(default_factory=dict)
    my_shares: dict[int, int] = field(default_factory=dict)
    counts: dict[tuple[int, str], int] = field(default_factory=dict)
    sums: dict[int, int] = field(default_factory=dict)
    firsts: dict[int, int] = field(default_factory=dict)
    answers: dict[int, list[PostView]] = field(default_factory=dict)
    answer_totals: dict[int, int] = field(default_factory=dict)


def access_step(ctx: RoomContext, step_id: int, *, lock: bool = False) -> tuple[Thread, CaseStep, Sight]:
    """Return a step of a case in the room; raise ``NotFound`` when it is absent, elsewhere, or not open for this person.

    *lock* holds the thread, under which everything about its steps is written.
    """
    place = select(CaseStep.thread_id).join(Thread, Thread.id == CaseStep.thread_id)
    thread_id = db.session.scalar(place.where(CaseStep.id == step_id, Thread.room_id == ctx.room_id))
    if thread_id is None:
        raise NotFound
    thread = access_thread(ctx, thread_id, lock=lock)
    sight = sight_of(ctx, thread)
    opened = CaseStep.position <= sight.open_steps(thread.step_count)
    step = db.session.scalar(select(CaseStep).where(CaseStep.id == step_id, opened))
    if step is None:
        raise NotFound
    return thread, step, sight


def step_views(ctx: RoomContext, thread: Thread, sight: Sight) -> list[StepView]:
    """Return the open steps of a case in their order."""
    if not thread.step_count:
        return []
    opened = sight.open_steps(thread.step_count)
    steps = db.session.scalars(
        select(CaseStep).where(CaseStep.thread_id == thread.id, CaseStep.position <= opened).order_by(CaseStep.position)
    ).all()
    found = _load(ctx, thread, sight, steps)
    return [_view(ctx, thread, sight, step, found) for step in steps]


def options_of(step_ids: Sequence[int]) -> dict[int, list[StepOption]]:
    """Return the options of several polls in their order."""
    found: dict[int, list[StepOption]] = {}
    rows = select(StepOption).where(StepOption.step_id.in_(step_ids)).order_by(StepOption.step_id, StepOption.position)
    for row in db.session.scalars(rows):
        found.setdefault(row.step_id, []).append(row)
    return found


def list_step_revisions(step: CaseStep, *, cursor: str | None = None, limit: int = 20) -> Page[StepRevision]:
    """Return what a step that the reader has open said before each edit, the latest first."""
    after = decode_cursor(cursor, int)
    statement = (
        select(StepRevision).where(StepRevision.step_id == step.id).order_by(StepRevision.id.desc()).limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(StepRevision.id < after[0])
    return make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))


def _load(ctx: RoomContext, thread: Thread, sight: Sight, steps: Sequence[CaseStep]) -> _Found:
    ids = [step.id for step in steps]
    mine = {
        row.step_id: row
        for row in db.session.scalars(
            select(StepResponse).where(StepResponse.step_id.in_(ids), StepResponse.user_id == ctx.actor_id)
        )
    }
    found = _Found(options=options_of(ids), mine=mine)
    found.my_shares.update(_my_shares([row.id for row in mine.values() if row.how == ResponseKind.BALLOT]))
    known = [step.id for step in steps if _shows_peers(thread, sight, step, mine.get(step.id))]
    if known:
        _load_peers(ctx, thread, known, found)
    return found


def _my_shares(response_ids: Sequence[int]) -> dict[int, int]:
    if not response_ids:
        return {}
    rows = select(BallotShare.option_id, BallotShare.percent).where(BallotShare.response_id.in_(response_ids))
    return {option_id: percent for option_id, percent in db.session.execute(rows)}  # noqa: C416


def _load_peers(ctx: RoomContext, thread: Thread, step_ids: Sequence[int], found: _Found) -> None:
    counts = (
        select(StepResponse.step_id, StepResponse.how, func.count())
        .where(StepResponse.step_id.in_(step_ids))
        .group_by(StepResponse.step_id, StepResponse.how)
    )
    found.counts.update({(step_id, how): number for step_id, how, number in db.session.execute(counts)})
    place = func.row_number().over(
        partition_by=BallotShare.response_id, order_by=(BallotShare.percent.desc(), BallotShare.option_id)
    )
    shares = (
        select(BallotShare.option_id, BallotShare.percent, place.label("place"))
        .join(StepResponse, StepResponse.id == BallotShare.response_id)
        .where(StepResponse.step_id.in_(step_ids))
        .subquery()
    )
    sums = select(shares.c.option_id, func.sum(shares.c.percent)).group_by(shares.c.option_id)
    found.sums.update({option_id: int(total) for option_id, total in db.session.execute(sums)})
    firsts = select(shares.c.option_id, func.count()).where(shares.c.place == 1).group_by(shares.c.option_id)
    found.firsts.update({option_id: number for option_id, number in db.session.execute(firsts)})  # noqa: C416
    _load_answers(ctx, thread, step_ids, found)


def _load_answers(ctx: RoomContext, thread: Thread, step_ids: Sequence[int], found: _Found) -> None:
    position = func.row_number().over(partition_by=Post.step_id, order_by=Post.id).label("position")
    total = func.count(Post.id).over(partition_by=Post.step_id).label("total")
    ranked = (
        select(Post.id, position, total)
        .where(Post.thread_id == thread.id, Post.kind == PostKind.STEP, Post.step_id.in_(step_ids))
        .subquery("ranked")
    )
    rows = db.session.execute(
        select(Post, ranked.c.total)
        .join(ranked, ranked.c.id == Post.id)
        .where(ranked.c.position <= ANSWERS_SHOWN)
        .options(joinedload(Post.account_behind))
        .order_by(Post.id)
    ).all()
    for view, (post, number) in zip(post_views(ctx, thread, [row[0] for row in rows]), rows, strict=True):
        found.answers.setdefault(post.step_id or 0, []).append(view)
        found.answer_totals[post.step_id or 0] = number


def _shows_peers(thread: Thread, sight: Sight, step: CaseStep, mine: StepResponse | None) -> bool:
    if sight.sees_every_step or mine is not None:
        return True
    return sight.is_member and (step.closed_at is not None or is_told(thread, sight, step))


def is_told(thread: Thread, sight: Sight, step: CaseStep) -> bool:
    """Tell whether the reader may know the right diagnosis of a poll."""
    return tells_right(
        is_solved=step.solved_at is not None,
        answer_from=step.answer_from,
        open_steps=sight.open_steps(thread.step_count),
        step_count=thread.step_count,
    )


def _view(ctx: RoomContext, thread: Thread, sight: Sight, step: CaseStep, found: _Found) -> StepView:
    mine = found.mine.get(step.id)
    told = is_told(thread, sight, step)
    shows_peers = _shows_peers(thread, sight, step, mine)
    is_over = step.closed_at is not None or (step.ask == StepAsk.POLL and told)
    allowed = policies.can_respond(ctx, thread)
    is_next = mine is None and step.position == sight.passed + 1 and bool(allowed)
    asks = step.ask != StepAsk.NOTHING and not is_over
    ballots = found.counts.get((step.id, ResponseKind.BALLOT), 0)
    return StepView(
        step=step,
        total=thread.step_count,
        how=ResponseKind(mine.how) if mine is not None else None,
        may_respond=is_next and asks,
        why_not=allowed.reason,
        may_change=may_change(thread, step, mine) and not is_over and bool(allowed),
        may_skip=is_next and asks and step.may_skip,
        may_go_on=is_next and not asks and step.position < thread.step_count,
        shows_peers=shows_peers,
        is_solved=told,
        options=[
            OptionView(
                id=one.id,
                text=one.text,
                mine=found.my_shares.get(one.id, 0),
                mean=found.sums.get(one.id, 0) / ballots if ballots else 0.0,
                first_choices=found.firsts.get(one.id, 0),
                is_right=one.is_right and told,
            )
            for one in found.options.get(step.id, ())
        ],
        ballots=ballots,
        skipped=found.counts.get((step.id, ResponseKind.SKIPPED), 0),
        answers=found.answers.get(step.id, ()),
        answer_total=found.answer_totals.get(step.id, 0),
    )


def may_change(thread: Thread, step: CaseStep, mine: StepResponse | None) -> bool:
    """Tell whether a ballot can still be changed: until another step has opened with it."""
    return mine is not None and mine.how == ResponseKind.BALLOT and step.position == thread.step_count
