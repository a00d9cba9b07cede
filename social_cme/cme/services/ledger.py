"""Turns facts into ledger entries, exactly once each, and keeps the entries true to what they stand on.

Rule: a fact only says that something may have changed; whether an entry counts is decided by the present state. So facts may
arrive twice or in another order, and the ledger ends the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from social_cme.cme.enums import Activity
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.queries import evidence
from social_cme.core import clock
from social_cme.persistence.facts import FactRecord
from social_cme.persistence.inserting import PreparedInsert
from social_cme.persistence.transaction import Transaction, transaction

HIDDEN = "It was hidden or withdrawn."
WITHDRAWN = "The endorsement was withdrawn."
RECOUNTED = "The time of the session was counted anew."
UNTICKED = "The tick was taken back."
UNACCEPTED = "The author took the mark back."

_ABOUT_POST = (
    Activity.ANSWER_WRITTEN,
    Activity.COMMENT_WRITTEN,
    Activity.ENDORSEMENT_RECEIVED,
    Activity.ENDORSEMENT_GIVEN,
    Activity.ANSWER_ACCEPTED,
)


def record_fact(record: FactRecord) -> None:
    """Bring the ledger up to a fact; a fact of another kind, or one that counts for nobody, changes nothing."""
    handle = _HANDLERS.get(record.kind)
    if handle is None:
        return
    with transaction() as tx:
        handle(tx, record)


def _thread_posted(tx: Transaction, record: FactRecord) -> None:
    thread_id = _number(record, "thread_id")
    if evidence.thread_state(thread_id).opened_by_hand:
        _enter(tx, record, record.actor_id, Activity.THREAD_OPENED)
        _settle_thread(tx, thread_id)


def _thread_changed(tx: Transaction, record: FactRecord) -> None:
    _settle_thread(tx, _number(record, "thread_id"))


def _answer_posted(tx: Transaction, record: FactRecord) -> None:
    post_id = _number(record, "post_id")
    # What a mentor wrote in a live session becomes an answer when the session is archived, by nobody's hand.
    author_id = record.actor_id or evidence.find_live_author(post_id)
    _enter(tx, record, author_id, Activity.ANSWER_WRITTEN)
    _settle_post(tx, post_id)


def _comment_posted(tx: Transaction, record: FactRecord) -> None:
    _enter(tx, record, record.actor_id, Activity.COMMENT_WRITTEN)
    _settle_post(tx, _number(record, "post_id"))


def _post_changed(tx: Transaction, record: FactRecord) -> None:
    post_id = _number(record, "post_id")
    _settle_post(tx, post_id)
    merged_id = evidence.find_merged_opening(post_id)
    if merged_id is not None:
        _settle_thread(tx, merged_id)


def _vote_cast(tx: Transaction, record: FactRecord) -> None:
    if record.data["first"] and record.data["value"]:
        _enter(tx, record, record.actor_id, Activity.VOTE_GIVEN)


def _answer_endorsed(tx: Transaction, record: FactRecord) -> None:
    author_id, mentor_id = _number(record, "author_id"), record.actor_id
    if author_id != mentor_id:
        _enter(tx, record, author_id, Activity.ENDORSEMENT_RECEIVED, counterpart_id=mentor_id)
        _enter(tx, record, mentor_id, Activity.ENDORSEMENT_GIVEN, counterpart_id=author_id)
    _settle_post(tx, _number(record, "post_id"))


def _answer_accepted(tx: Transaction, record: FactRecord) -> None:
    author_id = _number(record, "author_id")
    if author_id != record.actor_id:
        _enter(tx, record, author_id, Activity.ANSWER_ACCEPTED, counterpart_id=record.actor_id)
    _settle_post(tx, _number(record, "post_id"))


def _question_asked(tx: Transaction, record: FactRecord) -> None:
    _enter(tx, record, record.actor_id, Activity.QUESTION_ASKED)
    _question_changed(tx, record)


def _question_changed(tx: Transaction, record: FactRecord) -> None:
    question_id = _number(record, "question_id")
    hidden = evidence.question_is_hidden(question_id)
    for entry in evidence.entries_of_question(question_id)[:1]:
        _settle(tx, entry, HIDDEN if hidden else "")


def _question_voted(tx: Transaction, record: FactRecord) -> None:
    if record.data["first"] and record.data["supports"]:
        _enter(tx, record, record.actor_id, Activity.QUESTION_SUPPORTED)


def _attendance_closed(tx: Transaction, record: FactRecord) -> None:
    seconds = _number(record, "seconds")
    if seconds <= 0:
        return
    if "stretch_id" not in record.data:
        # From before there were agendas: the stretch is the attendance itself.
        stretch = evidence.find_stretch(_number(record, "interval_id"))
        start = stretch.start if stretch is not None else record.occurred_at - timedelta(seconds=seconds)
        user_id = stretch.user_id if stretch is not None else record.actor_id
        _enter(tx, record, user_id, Activity.SESSION_ATTENDED, started_at=start, seconds=seconds)
        return
    counted = evidence.find_counted(_number(record, "stretch_id"))
    if counted is not None:
        _enter(
            tx, record, counted.user_id, Activity.SESSION_ATTENDED, started_at=counted.start, seconds=counted.seconds
        )
        _attendance_voided(tx, record)


def _attendance_voided(tx: Transaction, record: FactRecord) -> None:
    stretch_id = _number(record, "stretch_id")
    counted = evidence.find_counted(stretch_id)
    for entry in evidence.entries_of_stretch(stretch_id)[:1]:
        _settle(tx, entry, "" if counted is not None and counted.stands else RECOUNTED)


def _study_ticked(tx: Transaction, record: FactRecord) -> None:
    # A learner's own word: it has no length, whatever minutes the list names, and is never attended time.
    if record.data["first"]:
        _enter(tx, record, record.actor_id, Activity.SELF_STUDY_REPORTED)
    _study_unticked(tx, record)


def _study_unticked(tx: Transaction, record: FactRecord) -> None:
    item_id, user_id = _number(record, "item_id"), record.actor_id or 0
    ticked = evidence.is_ticked(item_id, user_id)
    for entry in evidence.entries_of_study(item_id, user_id)[:1]:
        _settle(tx, entry, "" if ticked else UNTICKED)


_HANDLERS: dict[str, Callable[[Transaction, FactRecord], None]] = {
    "thread.posted": _thread_posted,
    "thread.state_changed": _thread_changed,
    "answer.posted": _answer_posted,
    "comment.posted": _comment_posted,
    "post.state_changed": _post_changed,
    "vote.cast": _vote_cast,
    "answer.endorsed": _answer_endorsed,
    "answer.endorsement_withdrawn": _post_changed,
    "answer.accepted": _answer_accepted,
    "answer.unaccepted": _post_changed,
    "question.asked": _question_asked,
    "question.state_changed": _question_changed,
    "question.voted": _question_voted,
    "attendance.closed": _attendance_closed,
    "attendance.voided": _attendance_voided,
    "study_item.ticked": _study_ticked,
    "study_item.unticked": _study_unticked,
}
RECORDED_KINDS = frozenset(_HANDLERS)

# What readers of a thread see its author do. The author's votes are shown as nobody's, and what the author does as a mentor
# (an endorsement) carries the name.
_SEEN_OF_AUTHOR = frozenset(
    {
        Activity.THREAD_OPENED,
        Activity.QUESTION_ASKED,
        Activity.ANSWER_WRITTEN,
        Activity.COMMENT_WRITTEN,
        Activity.ENDORSEMENT_RECEIVED,
    }
)


def _enter(
    tx: Transaction,
    record: FactRecord,
    user_id: int | None,
    activity: Activity,
    *,
    counterpart_id: int | None = None,
    started_at: datetime | None = None,
    seconds: int = 0,
) -> None:
    if user_id is None:
        return
    places: dict[str, Any] = {name: record.data.get(name) for name in _PLACES}
    masked = activity in _SEEN_OF_AUTHOR and evidence.is_under_pseudonym(
        thread_id=places["thread_id"],
        post_id=places["post_id"],
        user_id=user_id,
        question_id=places["question_id"],
    )
    _write(
        tx,
        {
            "user_id": user_id,
            "room_id": _number(record, "room_id"),
            "fact_id": record.id,
            "activity": str(activity),
            "revision": 0,
            "counterpart_id": counterpart_id,
            **places,
            "under_pseudonym": masked,
            "started_at": started_at,
            "seconds": seconds,
            # Attended time belongs to the day on which it began; everything else to the moment of the fact.
            "occurred_at": started_at or record.occurred_at,
        },
    )


_PLACES = ("thread_id", "post_id", "session_id", "question_id", "item_id", "stretch_id")


_ENTRY = PreparedInsert(
    ParticipationEntry,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["fact_id", "user_id", "activity", "revision"]),
)


def _write(tx: Transaction, values: dict[str, Any]) -> None:
    """Insert an entry unless the same fact has it already, from an earlier or a simultaneous delivery."""
    tx.session.execute(_ENTRY.of(tx.session), {**values, "recorded_at": clock.now(), "void_reason": ""})


def _settle_thread(tx: Transaction, thread_id: int) -> None:
    state = evidence.thread_state(thread_id)
    for entry in evidence.entries_of_thread(thread_id)[:1]:
        _settle(tx, entry, HIDDEN if state.hidden else "")


def _settle_post(tx: Transaction, post_id: int) -> None:
    state = evidence.post_state(post_id)
    entries: Sequence[ParticipationEntry] = evidence.entries_of_post(post_id, _ABOUT_POST)
    seen: set[tuple[int, str, int | None]] = set()
    for entry in entries:
        key = (entry.user_id, entry.activity, entry.counterpart_id)
        superseded = key in seen
        seen.add(key)
        if not superseded:
            _settle(tx, entry, _why_not(entry, state))
        elif entry.voided_at is None:
            # Endorsed or accepted anew: the newer entry counts, whatever became of the news of the withdrawal.
            _void(entry, UNACCEPTED if entry.activity == Activity.ANSWER_ACCEPTED else WITHDRAWN)
    tx.session.flush()


def _why_not(entry: ParticipationEntry, state: evidence.PostState) -> str:
    if entry.activity == Activity.ENDORSEMENT_GIVEN:
        # The mentor's reading was done, also when the answer was hidden later.
        return "" if entry.user_id in state.endorser_ids else WITHDRAWN
    if state.hidden:
        return HIDDEN
    if entry.activity == Activity.ENDORSEMENT_RECEIVED and entry.counterpart_id not in state.endorser_ids:
        return WITHDRAWN
    if entry.activity == Activity.ANSWER_ACCEPTED and not state.accepted:
        return UNACCEPTED
    return ""


def _settle(tx: Transaction, entry: ParticipationEntry, reason: str) -> None:
    if reason and entry.voided_at is None:
        _void(entry, reason)
    elif not reason and entry.voided_at is not None:
        _count_again(tx, entry)


def _void(entry: ParticipationEntry, reason: str) -> None:
    entry.voided_at = clock.now()
    entry.void_reason = reason


def _count_again(tx: Transaction, entry: ParticipationEntry) -> None:
    kept = (
        "user_id",
        "room_id",
        "fact_id",
        "activity",
        "counterpart_id",
        *_PLACES,
        "under_pseudonym",
        "started_at",
        "seconds",
        "occurred_at",
    )
    _write(tx, {**{name: getattr(entry, name) for name in kept}, "revision": entry.revision + 1})


def _number(record: FactRecord, name: str) -> int:
    value = record.data[name]
    if not isinstance(value, int):
        raise TypeError(f"{record.kind} {record.id} has no {name}")
    return value
