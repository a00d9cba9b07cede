"""The forms under the open steps of a case; one that was refused is shown again with what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from social_cme.core.errors import AppError
from social_cme.discussions.enums import ResponseKind, StepAsk, ThreadKind
from social_cme.discussions.forms import BallotForm, StepAnswerForm, ballot_form
from social_cme.discussions.models import CaseOutcome
from social_cme.discussions.policies import can_settle_poll, can_write_steps
from social_cme.discussions.queries.outcomes import list_outcomes
from social_cme.discussions.queries.pages import ThreadView
from social_cme.discussions.queries.steps import StepView, step_views
from social_cme.rooms.policies import RoomContext

StepFormKind = StepAnswerForm | BallotForm


@dataclass(frozen=True, slots=True)
class StepReply:
    """A refused form of one step, with what is wrong when no field is to blame."""

    step_id: int
    form: StepFormKind
    problem: AppError | None = None


@dataclass(frozen=True, slots=True)
class StepShown:
    """An open step with the form under it."""

    view: StepView
    form: StepFormKind | None
    problem: AppError | None
    may_write: bool
    may_settle: bool


def step_replies(ctx: RoomContext, opening: ThreadView, refused: StepReply | None) -> list[StepShown]:
    """Return the open steps of a case, each with the form that its reader can send."""
    thread = opening.thread
    may_write, may_settle = bool(can_write_steps(ctx, thread)), bool(can_settle_poll(ctx, thread))
    shown = []
    for view in step_views(ctx, thread, opening.sight):
        is_refused = refused is not None and refused.step_id == view.step.id
        form = refused.form if refused is not None and is_refused else _form(view)
        problem = refused.problem if refused is not None and is_refused else None
        shown.append(StepShown(view, form, problem, may_write, may_settle))
    return shown


def outcomes_of(ctx: RoomContext, opening: ThreadView) -> Sequence[CaseOutcome]:
    """Return what the reader may see of how a case went on; other kinds of thread are not asked for it."""
    if opening.thread.kind != ThreadKind.CASE:
        return ()
    return list_outcomes(ctx, opening.thread, opening.sight)


def _form(view: StepView) -> StepFormKind | None:
    if not view.may_respond and not view.may_change:
        return None
    if view.step.ask == StepAsk.TEXT:
        form = StepAnswerForm(formdata=None)
        form.name_request()
        return form
    kind = ballot_form([(one.id, one.text) for one in view.options])
    mine = {f"share_{one.id}": one.mine for one in view.options} if view.how == ResponseKind.BALLOT else {}
    return kind(formdata=None, data=mine)
