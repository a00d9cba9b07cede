"""The fact log: numbered channels, what happened on them, and what listeners still have to hear.

Rule: within a channel ``seq`` runs 1, 2, 3 … without a gap and in the order of commits, also with concurrent writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from social_cme.core import clock
from social_cme.core.events import Event, Scalar
from social_cme.persistence.base import BigId, Model, PrimaryKey, UtcDateTime, foreign_key
from social_cme.persistence.inserting import insert_into


class Channel(Model):
    """A numbered sequence of facts; ``last_seq`` is the number of the newest."""

    __tablename__ = "channel"

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(60), unique=True)
    last_seq: Mapped[int] = mapped_column(BigId, default=0)


class Fact(Model):
    """Something that happened; rows are only ever added."""

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("channel_id", "seq"),
        Index("ix_fact_actor_id_occurred_at", "actor_id", "occurred_at"),
    )

    id: Mapped[PrimaryKey]
    channel_id: Mapped[int] = foreign_key("channel.id", index=False)
    channel_key: Mapped[str] = mapped_column(String(60))
    seq: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FactDelivery(Model):
    """A fact that a listener has yet to hear; the row goes away in the listener's own transaction."""

    __tablename__ = "fact_delivery"
    __table_args__ = (UniqueConstraint("fact_id", "listener"),)

    id: Mapped[PrimaryKey]
    fact_id: Mapped[int] = mapped_column(BigId, ForeignKey("fact.id", ondelete="CASCADE"))
    listener: Mapped[str] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A written fact as listeners and channels see it."""

    id: int
    channel: str
    seq: int
    kind: str
    actor_id: int | None
    data: dict[str, Scalar]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Listener:
    """A function that must hear every fact of some kinds at least once; its database work and its receipt commit together."""

    name: str
    kinds: frozenset[str]
    function: Callable[[FactRecord], None]


_listeners: dict[str, Listener] = {}
_listeners_by_kind: dict[str, list[Listener]] = {}


def register_listener(listener: Listener) -> None:
    """Add a listener; a repeated name replaces the former, so that several apps may be built in one process."""
    _listeners[listener.name] = listener
    _listeners_by_kind.clear()
    for one in _listeners.values():
        for kind in one.kinds:
            _listeners_by_kind.setdefault(kind, []).append(one)


def listener_named(name: str) -> Listener | None:
    """Return the listener with that name, or ``None`` when no feature offers it any more."""
    return _listeners.get(name)


def has_listener(kind: str) -> bool:
    """Tell whether anybody hears facts of this kind."""
    return kind in _listeners_by_kind


def append(session: Session, events: Sequence[Event]) -> list[FactRecord]:
    """Write *events* with their numbers and deliveries; called once per transaction, last of all.

    Channels are taken in the order of their keys, so two transactions that touch the same channels cannot deadlock. The
    row of the channel stays locked until the commit: that is what makes the numbers gapless and ordered.
    """
    if not events:
        return []
    moment = clock.now()
    by_channel: dict[str, list[Event]] = {}
    for event in events:
        by_channel.setdefault(event.channel, []).append(event)
    rows: list[dict[str, Any]] = []
    for key in sorted(by_channel):
        members = by_channel[key]
        channel_id, last_seq = _advance(session, key, len(members))
        first = last_seq - len(members) + 1
        rows += [
            {
                "channel_id": channel_id,
                "channel_key": key,
                "seq": first + offset,
                "kind": event.kind,
                "actor_id": event.actor_id,
                "data": event.data(),
                "occurred_at": moment,
            }
            for offset, event in enumerate(members)
        ]
    written = session.execute(insert(Fact).returning(Fact.id, Fact.channel_id, Fact.seq), rows)
    ids = {(channel_id, seq): fact_id for fact_id, channel_id, seq in written}
    records = [
        FactRecord(
            id=ids[row["channel_id"], row["seq"]],
            channel=row["channel_key"],
            seq=row["seq"],
            kind=row["kind"],
            actor_id=row["actor_id"],
            data=row["data"],
            occurred_at=moment,
        )
        for row in rows
    ]
    deliveries = [
        {"fact_id": record.id, "listener": listener.name, "attempts": 0, "due_at": moment}
        for record in records
        for listener in _listeners_by_kind.get(record.kind, ())
    ]
    if deliveries:
        session.execute(insert(FactDelivery), deliveries)
    return records


_ADVANCE = (
    update(Channel)
    .where(Channel.key == bindparam("of_key"))
    .values(last_seq=Channel.last_seq + bindparam("more"))
    .returning(Channel.id, Channel.last_seq)
    .execution_options(synchronize_session=False)
)
_LAST_SEQ = select(Channel.last_seq).where(Channel.key == bindparam("of_key"))
_SINCE = (
    select(Fact)
    .join(Channel, Channel.id == Fact.channel_id)
    .where(Channel.key == bindparam("of_key"), Fact.seq > bindparam("since"))
    .order_by(Fact.seq)
    .limit(bindparam("most"))
)


def _advance(session: Session, key: str, count: int) -> tuple[int, int]:
    numbers = {"of_key": key, "more": count}
    found = session.execute(_ADVANCE, numbers).one_or_none()
    if found is None:
        _create_channel(session, key)
        found = session.execute(_ADVANCE, numbers).one()
    return found[0], found[1]


def _create_channel(session: Session, key: str) -> None:
    insert_channel = insert_into(session, Channel).values(key=key, last_seq=0)
    session.execute(insert_channel.on_conflict_do_nothing(index_elements=["key"]))


def to_record(fact: Fact) -> FactRecord:
    """Return the plain value of a stored fact."""
    return FactRecord(
        id=fact.id,
        channel=fact.channel_key,
        seq=fact.seq,
        kind=fact.kind,
        actor_id=fact.actor_id,
        data=fact.data,
        occurred_at=fact.occurred_at,
    )


def last_seq(session: Session, key: str) -> int:
    """Return the number of the newest fact of a channel, 0 when it has none."""
    return session.scalar(_LAST_SEQ, {"of_key": key}) or 0


def facts_since(session: Session, key: str, *, since: int, limit: int) -> list[FactRecord]:
    """Return up to *limit* facts of a channel with ``seq`` above *since*, in order."""
    return [to_record(fact) for fact in session.scalars(_SINCE, {"of_key": key, "since": since, "most": limit})]


def records_of(facts: Iterable[Fact]) -> list[FactRecord]:
    """Return the plain values of several stored facts."""
    return [to_record(fact) for fact in facts]
