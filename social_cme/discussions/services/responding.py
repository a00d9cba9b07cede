"""Getting past the steps of a case: an answer, a ballot, reading on, or skipping.

Rule: one response for each person and step, given in the order of the steps. It stays as it was once another step has opened
with it, so what was believed is what is scored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import STEP_ANSWER_LIMIT, PostKind, ResponseKind, StepAsk
from social_cme.discussions.events import StepPassed
from social_cme.discussions.models import BallotShare, CaseStep, Post, StepResponse, Thread
from social_cme.discussions.queries.sight import Sight
from social_cme.discussions.queries.steps import access_step, is_told, may_change, options_of
from social_cme.discussions.rules.ballots import checked_shares
from social_cme.discussions.services.follows import begin_following
from social_cme.discussions.services.masking import put_on_mask
from social_cme.discussions.services.texts import long_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown

_OVER = "This poll is closed. You can go on to the next step."


def answer_step(
    ctx: RoomContext, *, step_id: int, text: str, attested: Collection[str] = (), client_id: str | None = None
) -> StepResponse:
    """Answer a step in one's own words; peers who get past it see the answer with one's name."""
    with transaction() as tx:
        thread, step, sight = _reach(ctx, step_id)
        claim = tx.claim(ctx.user.id, client_id, "step.answer")
        earlier = _mine(tx, ctx, step)
        if claim.object_id is not None and earlier is not None:
            return earlier
        _require_ask(step, StepAsk.TEXT)
        _require_next(step, sight, earlier)
        body = long_text(text, "body", STEP_ANSWER_LIMIT)
        checked = check_before_publishing(tx, ctx, kind=ObjectKind.POST, parts={"body": body}, attested=attested)
        post = Post(
            room_id=thread.room_id,
            thread_id=thread.id,
            author_id=ctx.user.id,
            kind=PostKind.STEP.value,
            step_id=step.id,
            body_md=body,
            body_html=render_markdown(body),
        )
        tx.add(post)
        put_on_mask(tx, thread, post)
        checked.note(post.id)
        response = _pass(tx, ctx, step, ResponseKind.TEXT)
        claim.settle(response.id)
        return response


def cast_ballot(ctx: RoomContext, *, step_id: int, shares: Mapping[int, int | None]) -> StepResponse:
    """Say how likely each diagnosis is, in whole percent that add up to 100; what is left out gets nought.

    The same ballot again changes nothing, so a repeat is harmless. It can be changed until the poll is closed, the right
    diagnosis is told, or another step has opened with it: then ``Conflict`` is raised.
    """
    with transaction() as tx:
        thread, step, sight = _reach(ctx, step_id)
        _require_ask(step, StepAsk.POLL)
        earlier = _mine(tx, ctx, step)
        given = checked_shares(shares, [one.id for one in options_of([step.id]).get(step.id, [])])
        if earlier is not None and earlier.how == ResponseKind.BALLOT and _shares_of(tx, earlier) == given:
            return earlier
        if step.closed_at is not None or is_told(thread, sight, step):
            raise Conflict(_OVER)
        if earlier is None or not may_change(thread, step, earlier):
            _require_next(step, sight, earlier)
        response = earlier or _pass(tx, ctx, step, ResponseKind.BALLOT)
        if earlier is not None:
            tx.session.execute(delete(BallotShare).where(BallotShare.response_id == earlier.id))
            earlier.changed_at = clock.now()
            _record(tx, ctx, step, ResponseKind.BALLOT, first=False)
        for option_id, percent in given.items():
            tx.session.add(BallotShare(response_id=response.id, option_id=option_id, percent=percent))
        tx.session.flush()
        return response


def pass_step(ctx: RoomContext, *, step_id: int, skip: bool = False) -> StepResponse:
    """Go on from a step that asks for nothing (any more), or with *skip* from one whose question is left unanswered.

    Who skips sees how peers answered and cannot answer afterwards.
    """
    with transaction() as tx:
        thread, step, sight = _reach(ctx, step_id)
        earlier = _mine(tx, ctx, step)
        if earlier is not None:
            return earlier
        is_over = step.closed_at is not None or (step.ask == StepAsk.POLL and is_told(thread, sight, step))
        asks = step.ask != StepAsk.NOTHING and not is_over
        if asks and not skip:
            raise Conflict("Answer this step first.")
        if asks and not step.may_skip:
            raise Conflict("The author of this case asks everybody to answer this step.")
        _require_next(step, sight, None)
        return _pass(tx, ctx, step, ResponseKind.SKIPPED if asks else ResponseKind.READ)


def _reach(ctx: RoomContext, step_id: int) -> tuple[Thread, CaseStep, Sight]:
    thread, step, sight = access_step(ctx, step_id, lock=True)
    require(policies.can_respond(ctx, thread))
    return thread, step, sight


def _require_ask(step: CaseStep, ask: StepAsk) -> None:
    if step.ask != ask:
        raise Conflict("This step asks for something else. Reload the page; what you wrote is still in the form.")


def _require_next(step: CaseStep, sight: Sight, earlier: StepResponse | None) -> None:
    if earlier is not None:
        if earlier.how == ResponseKind.SKIPPED:
            raise Conflict("You skipped this step and saw how others answered, so it cannot be answered any more.")
        raise Conflict("You have answered this step, and it stays as it was.")
    if step.position != sight.passed + 1:
        raise Conflict("Answer the steps in their order.")


def _mine(tx: Transaction, ctx: RoomContext, step: CaseStep) -> StepResponse | None:
    return tx.session.scalar(select(StepResponse).filter_by(step_id=step.id, user_id=ctx.user.id))


def _shares_of(tx: Transaction, response: StepResponse) -> dict[int, int]:
    rows = select(BallotShare.option_id, BallotShare.percent).where(BallotShare.response_id == response.id)
    return {option_id: percent for option_id, percent in tx.session.execute(rows)}  # noqa: C416


def _pass(tx: Transaction, ctx: RoomContext, step: CaseStep, how: ResponseKind) -> StepResponse:
    response = StepResponse(
        thread_id=step.thread_id, step_id=step.id, user_id=ctx.user.id, how=how.value, changed_at=clock.now()
    )
    tx.add(response)
    if how in {ResponseKind.TEXT, ResponseKind.BALLOT}:
        begin_following(tx, user_id=ctx.user.id, thread_id=step.thread_id)
    _record(tx, ctx, step, how, first=True)
    return response


def _record(tx: Transaction, ctx: RoomContext, step: CaseStep, how: ResponseKind, *, first: bool) -> None:
    tx.record(
        StepPassed(
            actor_id=ctx.user.id,
            room_id=ctx.room_id,
            thread_id=step.thread_id,
            step_id=step.id,
            how=how.value,
            first=first,
        )
    )
