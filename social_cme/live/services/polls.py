"""Preparing polls: write, change, throw away, take over from another session.

Rule: what a poll asks is fixed once people have been asked; only a draft can be changed, and only who leads the session sees it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import func, select

from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.live import events
from social_cme.live.enums import PollKind, PollState, ResultsWhen
from social_cme.live.models import LivePoll, LiveSession
from social_cme.live.policies import can_lead, can_prepare_polls
from social_cme.live.queries.polls import access_poll
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.rules import polls as rules
from social_cme.live.services.texts import optional_text, required_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPlan:
    """What a mentor says about a poll; ``correct`` counts the options from 1, ``timer_seconds`` runs from opening."""

    kind: str
    question: str
    options: Collection[str] = ()
    correct: Collection[int] = ()
    rationale: str = ""
    max_choices: int | None = None
    scale_min: int = 1
    scale_max: int = 5
    label_min: str = ""
    label_max: str = ""
    is_anonymous: bool = False
    may_change: bool = False
    two_rounds: bool = False
    results_when: str = ResultsWhen.CLOSED
    timer_seconds: int | None = None


def plan_of(poll: LivePoll) -> PollPlan:
    """Return what is planned now, as the beginning of a change or of a copy."""
    return PollPlan(**{one.name: getattr(poll, one.name) for one in fields(PollPlan)})


def create_poll(
    ctx: RoomContext, session_id: int, *, plan: PollPlan, attested: Collection[str] = (), client_id: str | None = None
) -> LivePoll:
    """Prepare a poll, before the session or while it runs; raise ``Invalid`` with the fields that need another look."""
    with transaction() as tx:
        session = _prepare(ctx, session_id)
        claim = tx.claim(ctx.user.id, client_id, "poll.create")
        if claim.object_id is not None:
            return access_poll(session, claim.object_id)
        _require_room_for_more(tx, session)
        poll = LivePoll(session_id=session.id, room_id=ctx.room_id, created_by_id=ctx.user.id)
        _fill(tx, ctx, session, poll, plan, attested, earlier=None)
        _tell(tx, ctx, poll, "drafted")
        claim.settle(poll.id)
    return poll


def edit_poll(
    ctx: RoomContext, session_id: int, poll_id: int, *, plan: PollPlan, attested: Collection[str] = ()
) -> LivePoll:
    """Change a poll that nobody has been asked yet."""
    with transaction() as tx:
        session = _prepare(ctx, session_id)
        poll = access_poll(session, poll_id, lock=True)
        _require_draft(poll)
        _fill(tx, ctx, session, poll, plan, attested, earlier=_texts(poll))
        _tell(tx, ctx, poll, "edited")
    return poll


def change_poll(
    ctx: RoomContext, session_id: int, poll_id: int, *, changes: Mapping[str, Any], attested: Collection[str] = ()
) -> LivePoll:
    """Change some details of a poll that nobody has been asked yet; the others stay."""
    with transaction():
        session = _prepare(ctx, session_id)
        plan = replace(plan_of(access_poll(session, poll_id)), **changes)
        return edit_poll(ctx, session_id, poll_id, plan=plan, attested=attested)


def delete_poll(ctx: RoomContext, session_id: int, poll_id: int) -> None:
    """Throw a draft away; a poll that people have seen stays."""
    with transaction() as tx:
        session = _prepare(ctx, session_id)
        poll = access_poll(session, poll_id, lock=True)
        _require_draft(poll)
        _tell(tx, ctx, poll, "deleted")
        tx.session.delete(poll)


def copy_poll(ctx: RoomContext, session_id: int, *, source_id: int, client_id: str | None = None) -> LivePoll:
    """Take a poll of another session of the room over as a draft, without its votes; the person leads both sessions."""
    with transaction() as tx:
        session = _prepare(ctx, session_id)
        claim = tx.claim(ctx.user.id, client_id, "poll.copy")
        if claim.object_id is not None:
            return access_poll(session, claim.object_id)
        source = tx.session.scalar(select(LivePoll).where(LivePoll.id == source_id, LivePoll.room_id == ctx.room_id))
        if source is None or not can_lead(ctx, mentor_ids(source.session_id)):
            raise NotFound
        _require_room_for_more(tx, session)
        poll = LivePoll(session_id=session.id, room_id=ctx.room_id, created_by_id=ctx.user.id)
        for name in (one.name for one in fields(PollPlan)):
            setattr(poll, name, getattr(source, name))
        tx.add(poll)
        _tell(tx, ctx, poll, "drafted")
        claim.settle(poll.id)
    return poll


def _prepare(ctx: RoomContext, session_id: int) -> LiveSession:
    session = access_session(ctx, session_id, lock=True)
    require(can_prepare_polls(ctx, session, mentor_ids(session.id)))
    return session


def _require_draft(poll: LivePoll) -> None:
    if poll.state != PollState.DRAFT:
        raise Conflict("This poll was opened already, so what it asks stays as it is.")


def _require_room_for_more(tx: Transaction, session: LiveSession) -> None:
    known = tx.session.scalar(select(func.count(LivePoll.id)).where(LivePoll.session_id == session.id)) or 0
    if known >= rules.MAX_POLLS:
        raise Conflict(f"A session can have at most {rules.MAX_POLLS} polls.")


def _fill(
    tx: Transaction,
    ctx: RoomContext,
    session: LiveSession,
    poll: LivePoll,
    plan: PollPlan,
    attested: Collection[str],
    *,
    earlier: dict[str, str] | None,
) -> None:
    if plan.kind not in set(PollKind):
        raise Invalid(fields={"kind": ["Choose what kind of poll this is."]})
    with tx.session.no_autoflush:
        _put(poll, plan)
        checked = check_before_publishing(
            tx,
            ctx,
            kind=ObjectKind.LIVE_POLL,
            parts={name: text for name, text in _texts(poll).items() if text},
            attested=attested,
            earlier=earlier,
            object_id=poll.id,
            place_id=session.id,
        )
    tx.add(poll)
    checked.note(poll.id)


def _put(poll: LivePoll, plan: PollPlan) -> None:
    """Put checked values into a poll; every field that needs another look is named at once."""
    problems: dict[str, list[str]] = {}

    def take(name: str, value: object) -> None:
        try:
            setattr(poll, name, value() if callable(value) else value)
        except Invalid as error:
            problems.update(error.fields)

    take("kind", str(plan.kind))
    take(
        "question",
        lambda: required_text(plan.question, field="question", limit=rules.MAX_POLL_QUESTION, name="a question"),
    )
    take("options", lambda: rules.checked_poll_options(plan.kind, list(plan.options)))
    count = len(poll.options or ()) if "options" not in problems else len(list(plan.options))
    take("correct", lambda: rules.checked_correct(plan.kind, list(plan.correct), option_count=count))
    take(
        "rationale",
        lambda: optional_text(plan.rationale, field="rationale", limit=rules.MAX_RATIONALE, name="the rationale"),
    )
    for name in ("label_min", "label_max"):
        text = str(getattr(plan, name)) if plan.kind == PollKind.SCALE else ""
        take(name, lambda text=text, name=name: optional_text(text, field=name, limit=rules.MAX_LABEL, name="a label"))
    problems.update(_number_problems(plan, count))
    if problems:
        raise Invalid("Some of the poll's details need another look.", fields=problems)
    poll.max_choices = _most(plan.kind, plan.max_choices, poll.correct)
    if plan.kind == PollKind.SCALE:
        poll.scale_min, poll.scale_max = plan.scale_min, plan.scale_max
    poll.is_anonymous, poll.may_change, poll.two_rounds = plan.is_anonymous, plan.may_change, plan.two_rounds
    poll.results_when, poll.timer_seconds = str(plan.results_when), plan.timer_seconds


def _most(kind: str, wanted: int | None, correct: Sequence[int]) -> int | None:
    if kind == PollKind.QUIZ:
        # Where one option is right, one can be chosen.
        return 1 if len(correct) == 1 else None
    return wanted if kind == PollKind.MULTIPLE else None


def _number_problems(plan: PollPlan, option_count: int) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if plan.kind == PollKind.SCALE:
        wrong = rules.scale_problem(plan.scale_min, plan.scale_max)
        if wrong is not None:
            problems["scale_max"] = [wrong]
    if plan.kind == PollKind.MULTIPLE and plan.max_choices is not None and not 1 <= plan.max_choices <= option_count:
        problems["max_choices"] = ["At most as many as there are options, or none for no limit."]
    if plan.results_when not in set(ResultsWhen):
        problems["results_when"] = ["Choose when participants see the results."]
    if plan.timer_seconds is not None and not rules.MIN_TIMER <= plan.timer_seconds <= rules.MAX_TIMER:
        problems["timer_seconds"] = [f"A timer runs from {rules.MIN_TIMER} to {rules.MAX_TIMER:,} seconds."]
    if plan.is_anonymous and plan.may_change:
        problems["may_change"] = ["An anonymous vote cannot be changed: nobody can tell any more which one it was."]
    return problems


def _texts(poll: LivePoll) -> dict[str, str]:
    labels = " ".join(label for label in (poll.label_min, poll.label_max) if label)
    return {
        "question": poll.question,
        "options": "\n".join(poll.options or ()),
        "rationale": poll.rationale,
        "label_min": labels,
    }


def _tell(tx: Transaction, ctx: RoomContext, poll: LivePoll, change: str) -> None:
    tx.record(
        events.PollDeskChanged(
            actor_id=ctx.user.id, room_id=poll.room_id, session_id=poll.session_id, poll_id=poll.id, change=change
        )
    )
