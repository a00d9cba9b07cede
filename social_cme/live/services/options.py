"""How the queue and the chat of a session are run: approval, pseudonyms, labels, slow mode.

Rule: what is left out of a change stays as it is, and a label that is taken off the list is taken off every question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.core.text import clean_line
from social_cme.live import events, rules
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveQuestion, LiveSession, SessionOptions
from social_cme.live.policies import can_lead
from social_cme.live.queries.options import Options, find_options, find_row
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsChange:
    """What is to hold from now on; ``None`` leaves it as it is."""

    approve_first: bool | None = None
    allow_pseudonyms: bool | None = None
    slow_seconds: int | None = None
    labels: Sequence[str] | None = None


def change_options(
    ctx: RoomContext, session_id: int, *, change: OptionsChange, client_id: str | None = None
) -> Options:
    """Change how the queue and the chat of a planned or running session are run."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "options.change")
        if claim.object_id is not None:
            return find_options(session.id)
        if session.state not in {SessionState.SCHEDULED, SessionState.LIVE}:
            raise Conflict("This session is over and can no longer be changed.")
        if apply_options(tx, session, change, actor_id=ctx.user.id):
            tx.record(events.OptionsChanged(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
        claim.settle(session.id)
        return find_options(session.id)


def apply_options(tx: Transaction, session: LiveSession, change: OptionsChange, *, actor_id: int) -> bool:
    """Write a change into the row of a locked session; tell whether anything is different. Joins the caller's transaction."""
    labels = _labels(change.labels) if change.labels is not None else None
    if change.slow_seconds is not None and not 0 <= change.slow_seconds <= rules.MAX_SLOW_SECONDS:
        raise Invalid(fields={"slow_seconds": [f"Choose 0 to {rules.MAX_SLOW_SECONDS} seconds."]})
    values = {
        "approve_first": change.approve_first,
        "allow_pseudonyms": change.allow_pseudonyms,
        "slow_seconds": change.slow_seconds,
        "labels": labels,
    }
    row = row_of(tx, session)
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        if value is not None:
            setattr(row, name, value)
    if labels is not None:
        _strip(tx, session, set(labels), actor_id=actor_id)
    tx.session.flush()
    return before != {name: getattr(row, name) for name in values}


def row_of(tx: Transaction, session: LiveSession) -> SessionOptions:
    """Return the row of a locked session, made when there is none."""
    row = find_row(session.id)
    if row is None:
        row = SessionOptions(session_id=session.id, labels=[])
        tx.add(row)
    return row


def _labels(wanted: Sequence[str]) -> list[str]:
    lines = [line for one in wanted if (line := clean_line(one))]
    known: dict[str, str] = {}
    for line in lines:
        known.setdefault(line.casefold(), line)
    unique = list(known.values())
    if len(unique) > rules.MAX_LABELS:
        raise Invalid(fields={"labels": [f"A session can have at most {rules.MAX_LABELS} labels."]})
    if any(len(line) > rules.MAX_LABEL for line in unique):
        raise Invalid(fields={"labels": [f"A label can have at most {rules.MAX_LABEL} characters."]})
    return unique


def _strip(tx: Transaction, session: LiveSession, kept: set[str], *, actor_id: int) -> None:
    for question in tx.session.scalars(select(LiveQuestion).where(LiveQuestion.session_id == session.id)):
        left = [one for one in question.labels if one in kept]
        if left == list(question.labels):
            continue
        question.labels = left
        tx.record(
            events.QuestionLabelled(
                actor_id=actor_id, room_id=session.room_id, session_id=session.id, question_id=question.id
            )
        )
