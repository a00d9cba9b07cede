"""What the demonstration shows of evidence: disputes, summaries, closed threads, a lapsed endorsement, a retracted paper."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from social_cme.demo.schemas import AnswerText, ClosingText, DisputeText, SummaryText, ThreadText
from social_cme.demo.services.script import Stage
from social_cme.discussions.enums import SummaryKind
from social_cme.discussions.services.disputes import dispute_answer
from social_cme.discussions.services.lapsing import lapse_overdue
from social_cme.discussions.services.retractions import import_retractions
from social_cme.discussions.services.summaries import save_summary
from social_cme.discussions.services.threads import close_thread, mark_answered

RETRACTIONS = Path(__file__).resolve().parents[1] / "content" / "retractions.csv"
RETRACTIONS_DAYS_AGO = 13.5


def add_evidence(stage: Stage, thread: ThreadText, key: str, opened: datetime) -> None:
    """Put what mentors and members said about a thread and its answers on the stage."""
    for number, answer in enumerate(thread.answer, start=1):
        _add_judgements(stage, thread, answer, f"{key}.{number}", opened)
    written = [(SummaryKind.CASE, one) for one in thread.case_summary]
    written += [(SummaryKind.TAKE_HOME, thread.take_home)] if thread.take_home is not None else []
    revisions = {SummaryKind.CASE: 0, SummaryKind.TAKE_HOME: 0}
    for number, (kind, one) in enumerate(written):
        at = stage.soon_after(opened, 40 + 10 * number, share=0.6 + 0.05 * number)
        saving = partial(_summarize, stage, thread, key, kind, one, revisions[kind])
        stage.act(at, f"{key}.{kind.value}.{revisions[kind]}", saving)
        revisions[kind] += 1
    if thread.answered_by is not None:
        answering = partial(_answered, stage, thread, key, thread.answered_by)
        stage.act(stage.soon_after(opened, 90, share=0.9), f"{key}.answered", answering)
    if thread.closed is not None:
        closing = partial(_close, stage, thread, key, thread.closed)
        stage.act(stage.soon_after(opened, 300, share=0.95), f"{key}.closed", closing)


def add_retractions(stage: Stage) -> None:
    """Let the list of retractions be brought in, as an operator does."""
    stage.act(stage.present - timedelta(days=RETRACTIONS_DAYS_AGO), "retractions", _import)


def _add_judgements(stage: Stage, thread: ThreadText, answer: AnswerText, key: str, opened: datetime) -> None:
    if answer.dispute is not None:
        at = opened + timedelta(hours=answer.dispute.hours_after)
        stage.act(at, f"{key}.disputed", partial(_dispute, stage, thread, key, answer.dispute))
    if answer.endorsed_by is not None and answer.review_in_days is not None:
        given = stage.soon_after(opened + timedelta(hours=answer.hours_after), 14)
        over = min(given + timedelta(days=answer.review_in_days + 1), stage.present)
        stage.act(over, f"{key}.lapsed", _lapse)


def _dispute(stage: Stage, thread: ThreadText, answer_key: str, said: DisputeText) -> int:
    return dispute_answer(
        stage.enter(said.by, thread.room),
        post_id=stage.made[answer_key],
        reason=said.reason,
        correction=said.correction,
    ).id


def _summarize(stage: Stage, thread: ThreadText, key: str, kind: SummaryKind, said: SummaryText, revision: int) -> int:
    return save_summary(
        stage.enter(said.by, thread.room),
        thread_id=stage.made[key],
        kind=kind.value,
        body=said.body,
        revision=revision,
        reason=said.reason,
    ).id


def _answered(stage: Stage, thread: ThreadText, key: str, by: str) -> None:
    mark_answered(stage.enter(by, thread.room), thread_id=stage.made[key])


def _close(stage: Stage, thread: ThreadText, key: str, said: ClosingText) -> None:
    ctx = stage.enter(said.by, thread.room)
    close_thread(ctx, thread_id=stage.made[key], reason=said.reason, summary=said.summary)


def _lapse() -> int:
    return lapse_overdue()


def _import() -> int:
    with RETRACTIONS.open(encoding="utf-8", newline="") as lines:
        return import_retractions(lines, report=lambda *_told: None).papers_changed
