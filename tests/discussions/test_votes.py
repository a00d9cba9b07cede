"""Votes: one per person, the score always the sum of the rows, also when fifty vote at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.enums import ThreadStatus
from social_cme.discussions.models import Post, Thread, Vote
from social_cme.discussions.services.votes import VoteResult, cast_vote
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.queries import open_room
from tests.discussions.journal_club import Club, count, facts, reload

VOTERS = 50


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question()


def vote(club: Club, row: Thread | Post, value: Any, user: User | None = None, **values: Any) -> VoteResult:
    target = "thread" if isinstance(row, Thread) else "post"
    return cast_vote(club.ctx(user or club.peer), target=target, target_id=row.id, value=value, **values)


def put(row: Thread | Post, **values: Any) -> None:
    with transaction() as tx:
        target = tx.session.get_one(type(row), row.id)
        for name, value in values.items():
            setattr(target, name, value)


def test_a_vote_is_given_turned_round_and_taken_back(club: Club, thread: Thread) -> None:
    for value, score in ((1, 1), (1, 1), (-1, -1), (0, 0), (0, 0), (1, 1)):
        result = vote(club, thread, value)
        assert (result.value, result.score, reload(thread).score) == (value, score, score)
    assert count(Vote) == 1
    assert [(one["value"], one["first"]) for one in facts("vote.cast")] == [
        (1, True),
        (-1, False),
        (0, False),
        (1, False),
    ]


def test_answers_and_comments_take_votes_too(club: Club, thread: Thread) -> None:
    answer = club.answer(thread)
    comment = club.comment(thread, answer)
    for post in (answer, comment):
        assert vote(club, post, -1, club.author).score == -1
        assert reload(post).score == -1
    assert reload(thread).score == 0


@pytest.mark.parametrize("value", [2, -2, True, None, "1", 0.5])
def test_a_vote_is_1_0_or_minus_1(club: Club, thread: Thread, value: Any) -> None:
    with pytest.raises(Invalid):
        vote(club, thread, value)
    assert count(Vote) == 0


def test_who_takes_no_part_cannot_vote(club: Club, thread: Thread) -> None:
    left, unconfirmed = club.make.user(), club.make.user(state="unconfirmed")
    club.make.membership(club.room, left, state=MembershipState.LEFT)
    club.make.membership(club.room, unconfirmed)
    for user in (None, club.stranger, left, unconfirmed):
        with pytest.raises(Forbidden):
            cast_vote(club.ctx(user), target="thread", target_id=thread.id, value=1)
    assert count(Vote) == 0


def test_nobody_votes_on_what_they_wrote(club: Club, thread: Thread) -> None:
    answer = club.answer(thread)
    for row, user in ((thread, club.author), (answer, club.peer)):
        with pytest.raises(Forbidden, match="yourself"):
            vote(club, row, 1, user)
    assert count(Vote) == 0


def test_closed_and_hidden_take_no_votes_and_locked_does(club: Club, thread: Thread) -> None:
    answer = club.answer(thread)
    put(thread, locked_at=clock.now())
    assert vote(club, thread, 1).score == 1
    put(answer, hidden_at=clock.now())
    with pytest.raises(Forbidden, match="hidden"):
        vote(club, answer, 1, club.author)
    put(thread, status=ThreadStatus.CLOSED)
    with pytest.raises(Forbidden, match="closed"):
        vote(club, thread, 0)
    put(thread, status=ThreadStatus.OPEN, hidden_at=clock.now())
    with pytest.raises(Forbidden, match="hidden"):
        vote(club, thread, 1, club.mentor)
    with pytest.raises(NotFound):
        vote(club, thread, 0)
    assert reload(thread).score == 1


def test_what_is_in_another_room_or_nowhere_takes_no_votes(club: Club, thread: Thread) -> None:
    elsewhere = club.ctx(club.mentor, club.other)
    for target, target_id in (("thread", thread.id), ("post", club.answer(thread).id), ("poll", 1)):
        with pytest.raises(NotFound):
            cast_vote(elsewhere, target=target, target_id=target_id, value=1)
    assert count(Vote) == 0


def test_a_message_that_arrives_again_does_not_undo_a_later_vote(club: Club, thread: Thread) -> None:
    vote(club, thread, 1, client_id="request-1")
    vote(club, thread, -1)
    again = vote(club, thread, 1, client_id="request-1")
    assert (again.value, again.score) == (-1, -1)


def test_an_outer_failure_undoes_the_vote_and_stays_silent(club: Club, thread: Thread) -> None:
    def fail() -> None:
        with transaction():
            vote(club, thread, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (count(Vote), reload(thread).score, facts("vote.cast")) == (0, 0, [])


def test_fifty_at_once_leave_an_exact_score(app: Flask, club: Club, thread: Thread) -> None:
    people = [club.make.user() for _ in range(VOTERS)]
    for person in people:
        club.make.membership(club.room, person)
    ids, slug, thread_id = [person.id for person in people], club.room.slug, thread.id
    db.session.rollback()
    failures: list[BaseException] = []
    start = threading.Barrier(VOTERS)

    def cast(number: int) -> None:
        # Everybody votes; every fifth changes their mind, and every tenth takes it back.
        values = [1] + [-1] * (number % 5 == 0) + [0] * (number % 10 == 0)
        with app.app_context():
            try:
                start.wait(30)
                for value in values:
                    person = db.session.get_one(User, ids[number])
                    cast_vote(open_room(person, slug), target="thread", target_id=thread_id, value=value)
            except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=cast, args=(number,), daemon=True) for number in range(VOTERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert not failures, failures[:3]
    assert not any(one.is_alive() for one in threads)
    db.session.rollback()
    total = db.session.scalar(select(func.sum(Vote.value)).where(Vote.target_id == thread_id))
    assert reload(thread).score == total == 40 - 5
    assert count(Vote) == VOTERS
    assert len(facts("vote.cast")) == VOTERS + 10 + 5
