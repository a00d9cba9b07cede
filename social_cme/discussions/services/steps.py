"""Writing the steps of a case: adding, changing, removing, and what becomes of a poll.

Rule: everything about the steps of a case is written under the lock of its thread. What readers have answered to is changed only
with a reason, and what it said before is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select, update

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import (
    BODY_LIMIT,
    REASON_LIMIT,
    STEP_QUESTION_LIMIT,
    STEPS_LIMIT,
    TITLE_LIMIT,
    StepAsk,
)
from social_cme.discussions.events import PollStateChanged, StepAdded, StepEdited, StepFact, StepRemoved, ThreadEdited
from social_cme.discussions.models import CaseStep, StepOption, StepResponse, StepRevision, Thread
from social_cme.discussions.queries.steps import access_step, options_of
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.ballots import checked_options
from social_cme.discussions.services.identifiers import step_texts
from social_cme.discussions.services.texts import line_text, long_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown

_CHANGED = "This step was edited in another window meanwhile. Your text is kept here; compare the two, then save again."


def add_step(
    ctx: RoomContext,
    *,
    thread_id: int,
    title: str = "",
    body: str = "",
    ask: str = StepAsk.NOTHING,
    question: str = "",
    options: Sequence[str] = (),
    may_skip: bool = True,
    reveals: int | None = None,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> CaseStep:
    """Add the next step to a case. The first is open to every reader, each later one to those who got past the one before.

    *ask* is ``nothing``, ``text`` or ``poll``; a poll needs *options*. *reveals* is the option of an earlier poll that this step
    tells to be right. Raises ``Invalid`` naming the fields, ``Conflict`` when there are twelve steps.
    """
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_write_steps(ctx, thread))
        claim = tx.claim(ctx.user.id, client_id, "step.add")
        if claim.object_id is not None:
            return access_step(ctx, claim.object_id)[1]
        if thread.step_count >= STEPS_LIMIT:
            raise Conflict(f"A case can have at most {STEPS_LIMIT} steps. Your text is kept; add it to the last one.")
        if thread.step_count == 0 and reveals is not None:
            raise Invalid(fields={"reveals": ["There is no earlier poll."]})
        step = CaseStep(thread_id=thread.id, position=thread.step_count + 1, may_skip=bool(may_skip))
        wanted = _fill(step, title=title, body=body, ask=ask, question=question, options=options)
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.THREAD, parts=step_texts(step, wanted), attested=attested, object_id=thread.id
        )
        tx.add(step)
        checked.note(thread.id)
        _put_options(tx, step, wanted)
        if reveals is not None:
            _mark_right(tx, thread, reveals, answer_from=step.position)
        _count_steps(tx, thread, by=1)
        tx.record(_fact(StepAdded, ctx, step))
        _tell_search(tx, ctx, step)
        claim.settle(step.id)
        return step


def edit_step(
    ctx: RoomContext,
    *,
    step_id: int,
    title: str,
    body: str,
    question: str = "",
    options: Sequence[str] | None = None,
    may_skip: bool | None = None,
    reason: str = "",
    revision: int | None = None,
    attested: Collection[str] = (),
) -> CaseStep:
    """Change a step; what it asks for stays, and ``None`` leaves *options* and *may_skip* as they are.

    Once somebody has answered, a *reason* is needed and the options stay. *revision* is the one that the writer saw; raises
    ``Conflict`` when it was edited since, ``Invalid`` naming the fields. Saving without a change leaves no trace.
    """
    with transaction() as tx:
        thread, step, _sight = access_step(ctx, step_id, lock=True)
        require(policies.can_write_steps(ctx, thread))
        if revision is not None and revision != step.revision:
            raise Conflict(_CHANGED)
        present = [one.text for one in options_of([step.id]).get(step.id, [])]
        before = StepRevision(
            step_id=step.id, editor_id=ctx.user.id, title=step.title, question=step.question, body_md=step.body_md
        )
        given = present if options is None else options
        earlier = step_texts(step, present)
        wanted = _fill(step, title=title, body=body, ask=step.ask, question=question, options=given)
        step.may_skip = step.may_skip if may_skip is None else bool(may_skip)
        said = (before.title, before.question, before.body_md) != (step.title, step.question, step.body_md)
        if not said and wanted == present:
            return step
        _check_answered(tx, step, reason=reason, options_change=wanted != present)
        before.reason = line_text(reason, "reason", REASON_LIMIT)
        check_before_publishing(
            tx,
            ctx,
            kind=ObjectKind.THREAD,
            parts={**step_texts(step, wanted), "reason": before.reason},
            attested=attested,
            earlier=earlier,
            object_id=thread.id,
        ).note(thread.id)
        if wanted != present:
            tx.session.execute(delete(StepOption).where(StepOption.step_id == step.id))
            _put_options(tx, step, wanted)
        step.revision += 1
        step.edited_at = clock.now()
        tx.add(before)
        tx.record(_fact(StepEdited, ctx, step))
        _tell_search(tx, ctx, step)
        return step


def remove_step(ctx: RoomContext, *, step_id: int) -> None:
    """Take the last step of a case away, as long as it was opened to nobody."""
    with transaction() as tx:
        thread, step, _sight = access_step(ctx, step_id, lock=True)
        require(policies.can_write_steps(ctx, thread))
        if step.position != thread.step_count:
            raise Conflict("Only the last step can be removed.")
        seen_from = max(step.position - 1, 1)
        opened = (
            select(func.count(StepResponse.id))
            .join(CaseStep, CaseStep.id == StepResponse.step_id)
            .where(CaseStep.thread_id == thread.id, CaseStep.position >= seen_from)
        )
        if tx.session.scalar(opened):
            raise Conflict("Readers have opened this step, so it stays. You can edit it, with a reason.")
        # A diagnosis that was to be told with this step is not known to anybody yet.
        polls = select(CaseStep.id).where(CaseStep.thread_id == thread.id, CaseStep.answer_from == step.position)
        _unmark(tx, list(tx.session.scalars(polls)))
        tx.record(_fact(StepRemoved, ctx, step))
        tx.session.delete(step)
        tx.session.flush()
        _count_steps(tx, thread, by=-1)


def close_poll(ctx: RoomContext, *, step_id: int, closed: bool = True) -> CaseStep:
    """Take no more ballots, or take them again; readers go on to the next step without one."""
    with transaction() as tx:
        thread, step, _sight = access_step(ctx, step_id, lock=True)
        require(policies.can_settle_poll(ctx, thread))
        _require_poll(step)
        if (step.closed_at is not None) != closed:
            step.closed_at = clock.now() if closed else None
            tx.record(_changed(ctx, step, "closed" if closed else "reopened"))
        return step


def mark_right(ctx: RoomContext, *, step_id: int, option_id: int | None) -> CaseStep:
    """Say which diagnosis of a poll proved right, ``None`` to take that back.

    A later step that already tells it still does; otherwise readers learn it when every step is open to them.
    """
    with transaction() as tx:
        thread, step, _sight = access_step(ctx, step_id, lock=True)
        require(policies.can_settle_poll(ctx, thread))
        _require_poll(step)
        if option_id is None:
            _unmark(tx, [step.id])
        else:
            solve_poll(tx, thread, option_id, step_id=step.id)
        tx.record(_changed(ctx, step, "solved" if option_id is not None else "unsolved"))
        return step


def solve_poll(tx: Transaction, thread: Thread, option_id: int, *, step_id: int | None = None) -> None:
    """Mark an option of one of the case's polls as right; joins the caller's transaction, which holds the thread's lock."""
    _mark_right(tx, thread, option_id, answer_from=None, step_id=step_id)


def _fill(step: CaseStep, *, title: str, body: str, ask: str, question: str, options: Sequence[str]) -> list[str]:
    """Put checked and rendered texts into a step and return its options."""
    problems: dict[str, list[str]] = {}
    if ask not in set(StepAsk):
        raise Invalid(fields={"ask": ["Choose whether readers answer, vote or just read on."]})
    step.ask = str(ask)
    step.title = line_text(title, "title", TITLE_LIMIT)
    step.body_md = long_text(body, "body", BODY_LIMIT, required=False)
    step.question = line_text(question, "question", STEP_QUESTION_LIMIT)
    if ask == StepAsk.NOTHING:
        step.question = ""
    elif not step.question:
        problems["question"] = ["Write what you ask."]
    if ask == StepAsk.NOTHING and not step.body_md:
        problems["body"] = ["Write what this step tells."]
    wanted: list[str] = []
    if ask == StepAsk.POLL:
        try:
            wanted = checked_options(options)
        except Invalid as error:
            problems.update(error.fields)
    if problems:
        raise Invalid(fields=problems)
    step.body_html = render_markdown(step.body_md) if step.body_md else ""
    return wanted


def _check_answered(tx: Transaction, step: CaseStep, *, reason: str, options_change: bool) -> None:
    answered = select(func.count(StepResponse.id)).where(StepResponse.step_id == step.id)
    if not tx.session.scalar(answered):
        return
    if options_change:
        raise Invalid(fields={"options": ["Somebody has voted already, so the diagnoses stay as they are."]})
    if not reason.strip():
        raise Invalid(fields={"reason": ["Readers have answered this step. Say why you change it."]})


def _put_options(tx: Transaction, step: CaseStep, texts: Sequence[str]) -> None:
    for position, text in enumerate(texts, start=1):
        tx.session.add(StepOption(step_id=step.id, position=position, text=text))
    tx.session.flush()


def _mark_right(
    tx: Transaction, thread: Thread, option_id: int, *, answer_from: int | None, step_id: int | None = None
) -> None:
    place = (
        select(StepOption, CaseStep)
        .join(CaseStep, CaseStep.id == StepOption.step_id)
        .where(StepOption.id == option_id, CaseStep.thread_id == thread.id)
    )
    if step_id is not None:
        place = place.where(CaseStep.id == step_id)
    found = tx.session.execute(place).one_or_none()
    if found is None:
        field = "reveals" if answer_from is not None else "option_id"
        raise Invalid(fields={field: ["Choose one of the diagnoses of this case."]})
    option, step = found
    tx.session.execute(update(StepOption).where(StepOption.step_id == step.id).values(is_right=False))
    option.is_right = True
    step.solved_at = clock.now()
    if answer_from is not None:
        step.answer_from = answer_from
    tx.session.flush()


def _unmark(tx: Transaction, step_ids: Sequence[int]) -> None:
    tx.session.execute(update(StepOption).where(StepOption.step_id.in_(step_ids)).values(is_right=False))
    tx.session.execute(update(CaseStep).where(CaseStep.id.in_(step_ids)).values(solved_at=None, answer_from=None))
    tx.session.flush()


def _require_poll(step: CaseStep) -> None:
    if step.ask != StepAsk.POLL:
        raise Conflict("This step has no poll.")


def _count_steps(tx: Transaction, thread: Thread, *, by: int) -> None:
    tx.session.execute(
        update(Thread)
        .where(Thread.id == thread.id)
        .values(step_count=Thread.step_count + by)
        .execution_options(synchronize_session=False)
    )
    tx.session.refresh(thread, ["step_count"])


def _fact(kind: type[StepFact], ctx: RoomContext, step: CaseStep) -> StepFact:
    return kind(actor_id=ctx.user.id, room_id=ctx.room_id, thread_id=step.thread_id, step_id=step.id)


def _changed(ctx: RoomContext, step: CaseStep, change: str) -> PollStateChanged:
    return PollStateChanged(
        actor_id=ctx.user.id, room_id=ctx.room_id, thread_id=step.thread_id, step_id=step.id, change=change
    )


def _tell_search(tx: Transaction, ctx: RoomContext, step: CaseStep) -> None:
    """Let the opening be read again by the search: the first step, and it alone, is part of what can be found."""
    if step.position == 1:
        tx.record(ThreadEdited(actor_id=ctx.user.id, room_id=ctx.room_id, thread_id=step.thread_id))
