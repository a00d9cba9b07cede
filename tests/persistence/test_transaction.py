"""The one transaction: rows and facts together, callbacks after the outermost commit only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.core.errors import Invalid
from social_cme.core.events import Event
from social_cme.extensions import db
from social_cme.persistence.facts import Channel, Fact, facts_since, last_seq
from social_cme.persistence.transaction import in_transaction, transaction
from tests.factories import Factory


@dataclass(frozen=True, kw_only=True, slots=True)
class ThingHappened(Event):
    """A fact for tests."""

    kind: ClassVar[str] = "thing.happened"

    number: int
    place: str = "room:1"

    @property
    def channel(self) -> str:
        return self.place


def test_rows_and_facts_are_committed_together(make: Factory) -> None:
    user = make.user()
    with transaction() as tx:
        user.bio = "changed"
        tx.record(ThingHappened(actor_id=user.id, number=7))
    db.session.expire_all()
    [fact] = facts_since(db.session(), "room:1", since=0, limit=10)
    assert (fact.seq, fact.kind, fact.actor_id, fact.data["number"]) == (1, "thing.happened", user.id, 7)
    assert user.bio == "changed"


def test_a_failure_leaves_neither_rows_nor_facts_nor_callbacks(app: Flask, make: Factory) -> None:
    user = make.user()
    called: list[int] = []
    heard: list[Any] = []
    app.extensions["fact_hooks"] = [heard.append]

    def fail() -> None:
        with transaction() as tx:
            user.bio = "changed"
            tx.record(ThingHappened(actor_id=user.id, number=1))
            tx.after_commit(lambda: called.append(1))
            raise Invalid("no")

    with pytest.raises(Invalid):
        fail()
    db.session.expire_all()
    assert user.bio == ""
    assert last_seq(db.session(), "room:1") == 0
    assert called == []
    assert heard == []
    assert not in_transaction()


def test_a_nested_transaction_joins_and_only_the_outermost_publishes(app: Flask, make: Factory) -> None:
    user = make.user()
    heard: list[int] = []
    app.extensions["fact_hooks"] = [lambda records: heard.extend(record.seq for record in records)]
    with transaction() as outer:
        outer.record(ThingHappened(actor_id=user.id, number=1))
        with transaction() as inner:
            assert inner is outer
            inner.record(ThingHappened(actor_id=user.id, number=2))
        assert heard == []
    assert heard == [1, 2]


def test_a_repeated_client_id_finds_the_first_result(make: Factory) -> None:
    user = make.user()
    with transaction() as tx:
        claim = tx.claim(user.id, "request-1", "thing.make")
        assert claim.object_id is None
        claim.settle(42)
    with transaction() as tx:
        assert tx.claim(user.id, "request-1", "thing.make").object_id == 42
        assert tx.claim(user.id, "request-1", "other.make").object_id is None
        assert tx.claim(make_other(make), "request-1", "thing.make").object_id is None


def make_other(make: Factory) -> int:
    return make.user().id


def test_concurrent_writers_get_gapless_numbers_in_commit_order(app: Flask, make: Factory) -> None:
    user_id = make.user().id
    writers, each = 8, 15
    errors: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            with app.app_context():
                for number in range(each):
                    with transaction() as tx:
                        for place in ("room:1", "live:1") if writer % 2 else ("live:1", "room:1"):
                            tx.record(ThingHappened(actor_id=user_id, number=writer * 100 + number, place=place))
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == []
    for key in ("room:1", "live:1"):
        numbers = [fact.seq for fact in facts_since(db.session(), key, since=0, limit=1000)]
        assert numbers == list(range(1, writers * each + 1))
        assert db.session.scalar(select(Channel.last_seq).where(Channel.key == key)) == writers * each
    assert db.session.scalar(select(func.count(Fact.id))) == 2 * writers * each


def test_rows_changed_outside_a_transaction_are_refused(make: Factory) -> None:
    user = make.user()
    user.bio = "outside"
    with pytest.raises(RuntimeError, match="outside"), transaction():
        pass
    db.session.rollback()


def test_a_failing_callback_does_not_undo_the_commit(
    app: Flask, make: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    user = make.user()

    def explode(*_: object) -> None:
        raise ValueError("bus down")

    app.extensions["fact_hooks"] = [explode]
    with transaction() as tx:
        tx.record(ThingHappened(actor_id=user.id, number=1))
    assert last_seq(db.session(), "room:1") == 1
    assert "after_commit_failed" in caplog.text


CountQueries = Callable[[], Any]


def test_recording_two_facts_costs_two_statements_more_than_none(make: Factory, count_queries: CountQueries) -> None:
    user = make.user()
    with transaction() as tx:
        tx.record(ThingHappened(actor_id=user.id, number=0))
    actor_id = user.id
    with count_queries() as seen, transaction() as tx:
        tx.record(ThingHappened(actor_id=actor_id, number=1))
        tx.record(ThingHappened(actor_id=actor_id, number=2))
    assert len(seen) == 2
