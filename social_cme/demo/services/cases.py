"""The steps, polls and outcomes of the demonstration's cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from social_cme.demo.schemas import OutcomeText, StepText, ThreadText
from social_cme.demo.services.script import Stage
from social_cme.discussions.queries.steps import options_of
from social_cme.discussions.services.outcomes import tell_outcome
from social_cme.discussions.services.recall import lay_out_cards
from social_cme.discussions.services.responding import answer_step, cast_ballot, pass_step
from social_cme.discussions.services.steps import add_step

# The author writes the steps within minutes of the case; readers answer them over the following day.
BETWEEN_STEPS = timedelta(minutes=4)
FIRST_READER = timedelta(hours=2)
BETWEEN_READERS = timedelta(minutes=50)


def add_steps(stage: Stage, thread: ThreadText, key: str, opened: datetime) -> None:
    """Put the steps of a case, what was answered to them, and its outcomes on the stage."""
    for number, step in enumerate(thread.step, start=1):
        writing = partial(_write, stage, thread, key, step)
        stage.act(opened + number * BETWEEN_STEPS, f"{key}.step.{number}", writing)
    at = opened + FIRST_READER
    for number, step in enumerate(thread.step, start=1):
        for reader in _readers(step):
            at += BETWEEN_READERS
            answering = partial(_respond, stage, thread, key, number, step, reader)
            stage.act(at, f"{key}.step.{number}.{reader}", answering)
    for number, outcome in enumerate(thread.outcome, start=1):
        telling = partial(_tell, stage, thread, key, outcome)
        stage.act(opened + timedelta(days=outcome.days_after), f"{key}.outcome.{number}", telling)


def add_cards(stage: Stage) -> None:
    """Make the recall cards of what was read; those of the past weeks are due."""
    stage.act(stage.present, "recall.cards", _lay_out)


def _readers(step: StepText) -> Sequence[str]:
    return [*(one.author for one in step.ballot), *(one.author for one in step.reply)]


def _write(stage: Stage, thread: ThreadText, key: str, step: StepText) -> int:
    reveals = None
    if step.reveals is not None:
        poll = next(number for number, one in enumerate(thread.step, start=1) if one.options)
        step_id = stage.made[f"{key}.step.{poll}"]
        reveals = options_of([step_id])[step_id][step.reveals - 1].id
    return add_step(
        stage.enter(thread.author, thread.room),
        thread_id=stage.made[key],
        title=step.title,
        body=step.body,
        ask=step.ask,
        question=step.question,
        options=step.options,
        reveals=reveals,
    ).id


def _respond(stage: Stage, thread: ThreadText, key: str, number: int, step: StepText, reader: str) -> int:
    ctx, step_id = stage.enter(reader, thread.room), stage.made[f"{key}.step.{number}"]
    for ballot in step.ballot:
        if ballot.author == reader:
            ids = [one.id for one in options_of([step_id])[step_id]]
            return cast_ballot(ctx, step_id=step_id, shares=dict(zip(ids, ballot.shares, strict=True))).id
    for reply in step.reply:
        if reply.author == reader:
            return answer_step(ctx, step_id=step_id, text=reply.body).id
    return pass_step(ctx, step_id=step_id).id


def _tell(stage: Stage, thread: ThreadText, key: str, outcome: OutcomeText) -> int:
    return tell_outcome(
        stage.enter(thread.author, thread.room),
        thread_id=stage.made[key],
        body=outcome.body,
        diagnosis=outcome.diagnosis,
        is_final=outcome.final,
    ).id


def _lay_out() -> None:
    while lay_out_cards():
        continue
