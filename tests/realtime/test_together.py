"""Commands that share a commit: each stands alone, nobody is answered before it, and a crowd pays once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from social_cme.accounts.models import User
from social_cme.core.errors import AppError, Conflict, Forbidden, Unavailable
from social_cme.extensions import db
from social_cme.persistence.facts import Fact, last_seq
from social_cme.persistence.transaction import carry_out_together, transaction
from social_cme.realtime import together as module
from social_cme.realtime.together import AT_ONCE, Together
from tests.factories import Factory
from tests.realtime.test_gateway import ThingHappened


def write(
    user: User, words: str, *, fails: Exception | None = None, then: list[str] | None = None
) -> Callable[[], str]:
    """Return a command that changes a person's name and records it, as a service does; it may fail after that."""

    def command() -> str:
        with transaction() as tx:
            one = tx.session.get_one(User, user.id)
            one.display_name = words
            tx.session.flush()
            tx.record(ThingHappened(actor_id=user.id, room_id=1))
            if then is not None:
                tx.after_commit(lambda: then.append(f"committed {words}"))
                tx.after_refusal(lambda: then.append(f"refused {words}"))
            if fails is not None:
                raise fails
        return words

    return command


def name_of(user: User) -> str:
    db.session.rollback()
    return str(db.session.scalar(select(User.display_name).where(User.id == user.id)))


def test_several_commands_have_one_commit_and_one_row_of_numbers(make: Factory, app: Flask) -> None:
    people = [make.user() for _ in range(5)]
    before = last_seq(db.session(), "room:1")
    told: list[int] = []
    app.extensions["fact_hooks"].append(lambda records: told.append(len(records)))
    assert carry_out_together([write(one, f"New {one.id}") for one in people]) == [f"New {one.id}" for one in people]
    assert [name_of(one) for one in people] == [f"New {one.id}" for one in people]
    assert last_seq(db.session(), "room:1") == before + 5
    assert told == [5], "the facts of a group are published together"


@pytest.mark.parametrize("failure", [Forbidden("No."), RuntimeError("A fault.")])
def test_who_is_refused_changes_nothing_and_nobody_else_notices(make: Factory, failure: Exception) -> None:
    first, second, third = make.user("First"), make.user("Second"), make.user("Third")
    happened: list[str] = []
    results = carry_out_together(
        [
            write(first, "One", then=happened),
            write(second, "Two", fails=failure, then=happened),
            write(third, "Three", then=happened),
        ]
    )
    assert results == ["One", failure, "Three"]
    assert [name_of(one) for one in (first, second, third)] == ["One", "Second", "Three"]
    actors = list(db.session.scalars(select(Fact.actor_id).where(Fact.kind == "thing.happened").order_by(Fact.seq)))
    assert actors == [first.id, third.id]
    assert happened[:2] == ["committed One", "committed Three"]
    assert "committed Two" not in happened


def test_a_constraint_that_one_breaks_is_their_own_affair(make: Factory) -> None:
    first, second = make.user(), make.user()

    def clash() -> str:
        with transaction() as tx:
            tx.session.execute(
                text("UPDATE user_account SET email = :taken WHERE id = :id"), {"taken": first.email, "id": second.id}
            )
        return "never"

    results = carry_out_together([clash, write(first, "Fine")])
    assert isinstance(results[0], IntegrityError)
    assert results[1] == "Fine"
    assert name_of(first) == "Fine"


def test_when_the_database_fails_nobody_was_heard(make: Factory) -> None:
    first, second = make.user("First"), make.user("Second")
    broken = OperationalError("UPDATE", {}, Exception("disk full"))
    with pytest.raises(Unavailable):
        carry_out_together([write(first, "One"), write(second, "Two", fails=broken)])
    assert (name_of(first), name_of(second)) == ("First", "Second")
    assert db.session.scalar(select(Fact.id).where(Fact.kind == "thing.happened")) is None


def test_each_command_sees_what_the_one_before_it_wrote(make: Factory) -> None:
    user = make.user("Nobody")

    def read() -> str:
        return str(db.session.get_one(User, user.id).display_name)

    assert carry_out_together([read, write(user, "Somebody"), read]) == ["Nobody", "Somebody", "Somebody"]


def test_a_crowd_of_threads_gets_its_own_answers_and_shares_commits(app: Flask, make: Factory) -> None:
    people = [make.user() for _ in range(24)]
    ids = [one.id for one in people]
    together, groups, answers = Together(), [], {}
    app.extensions["fact_hooks"].append(lambda records: groups.append(len(records)))
    ready = threading.Barrier(len(ids))

    def take_part(user_id: int) -> None:
        def command() -> dict[str, Any]:
            with transaction() as tx:
                tx.session.get_one(User, user_id).display_name = f"Was here {user_id}"
                tx.record(ThingHappened(actor_id=user_id, room_id=1))
            if user_id % 5 == 0:
                raise Conflict("Not you.")
            return {"id": user_id}

        with app.app_context():
            ready.wait(timeout=10)
            try:
                answers[user_id] = together.carry_out(command)
            except AppError as error:
                answers[user_id] = error.code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take_part, args=(user_id,)) for user_id in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    assert answers == {one: "conflict" if one % 5 == 0 else {"id": one} for one in ids}
    assert sum(groups) == sum(one % 5 != 0 for one in ids)
    assert len(groups) < len(ids) / 2
    assert max(groups) <= AT_ONCE


def test_who_waits_too_long_is_told_and_nothing_of_theirs_is_carried_out_later(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.01)
    together, done = Together(), []
    together._leading.acquire()
    with pytest.raises(Unavailable):
        together.carry_out(lambda: {"done": done.append(1)})
    together._leading.release()
    assert together.carry_out(lambda: {"ok": True}) == {"ok": True}
    assert done == []
