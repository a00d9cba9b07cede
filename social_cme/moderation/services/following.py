"""Enters into the log what is decided in discussions: where a thread stands, disputes, restored summaries.

Rule: the words come from the rows as they are when the fact is heard; a fact that is heard twice is entered once.
"""

from __future__ import annotations

from social_cme.discussions.enums import CLOSE_WORDS, CloseReason, StateChange
from social_cme.discussions.models import Dispute, Post, Thread
from social_cme.discussions.services.masking import find_mask
from social_cme.moderation.enums import NOTE_LIMIT, Measure
from social_cme.moderation.services.log import write_log
from social_cme.moderation.services.targets import Target
from social_cme.persistence.facts import FactRecord
from social_cme.persistence.transaction import Transaction, transaction

_STATES = {
    StateChange.ANSWERED.value: Measure.ANSWERED,
    StateChange.CLOSED.value: Measure.CLOSED,
    StateChange.REOPENED.value: Measure.REOPENED,
}
_DISPUTES = {
    "answer.disputed": Measure.DISPUTED,
    "answer.dispute_changed": Measure.DISPUTE_CHANGED,
    "answer.dispute_resolved": Measure.DISPUTE_SETTLED,
}
ENTERED_KINDS = frozenset({"thread.state_changed", "thread.summary_changed", "thread.summary_sealed", *_DISPUTES})


def enter_fact(fact: FactRecord) -> None:
    """Enter what somebody decided in discussions; a fact that nobody acted in, or that is no decision, is passed over."""
    if fact.kind not in ENTERED_KINDS or fact.actor_id is None:
        return
    with transaction() as tx:
        thread = tx.session.get(Thread, _number(fact, "thread_id"))
        if thread is None or find_mask(tx, thread, fact.actor_id)[0]:
            # Everybody who moderates reads the log, and who stands under a pseudonym stays under it.
            return
        measure, reason = _told(tx, fact, thread)
        if measure is None:
            return
        post = tx.session.get(Post, _number(fact, "post_id")) if "post_id" in fact.data else None
        write_log(
            room_id=_number(fact, "room_id"),
            actor_id=fact.actor_id,
            measure=measure,
            target=Target(thread, post),
            reason=reason[:NOTE_LIMIT],
            fact_id=fact.id,
        )


def _told(tx: Transaction, fact: FactRecord, thread: Thread) -> tuple[Measure | None, str]:
    """Return the measure that a fact tells of with its reason, ``None`` for one that is no decision."""
    match fact.kind:
        case "thread.state_changed":
            measure = _STATES.get(str(fact.data.get("change")))
            closed = measure == Measure.CLOSED and thread.closed_reason
            return measure, CLOSE_WORDS[CloseReason(thread.closed_reason)] if closed else ""
        case "thread.summary_changed":
            return Measure.SUMMARY_RESTORED if fact.data.get("restored") else None, ""
        case "thread.summary_sealed":
            return Measure.SUMMARY_SEALED, f"Version {_number(fact, 'revision')}."
        case _:
            dispute = tx.session.get(Dispute, _number(fact, "dispute_id"))
            if dispute is None:
                return None, ""
            settled = fact.kind == "answer.dispute_resolved"
            return _DISPUTES[fact.kind], dispute.outcome if settled else dispute.reason


def _number(fact: FactRecord, name: str) -> int:
    return int(fact.data[name] or 0)
