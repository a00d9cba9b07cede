"""The question queue: asking, voting, and what its mentors do with it."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.enums import QuestionState
from social_cme.live.models import LiveQuestion, LiveSession, QuestionVote
from social_cme.live.queries.board import list_questions, my_votes
from social_cme.live.queries.voting import count_supporters
from social_cme.live.services import leading, questions, queue
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.queries import open_room
from tests.live.stage import Stage


def fresh(question: LiveQuestion) -> LiveQuestion:
    db.session.expire_all()
    found = db.session.get(LiveQuestion, question.id)
    assert found is not None
    return found


# ------------------------------------------------------------------ asking


def test_a_question_is_asked_before_and_during_the_session(stage: Stage) -> None:
    session = stage.session()
    early = stage.ask(session, body="  Two\r\nlines\u200b ")
    assert (early.body, early.state, early.score) == ("Two\nlines", QuestionState.OPEN, 0)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    stage.ask(session, stage.peer)
    assert stage.kinds(session) == ["session.scheduled", "question.asked", "session.started", "question.asked"]


@pytest.mark.parametrize("body", ["", " \n\t", "\u200b", "x" * 501])
def test_a_question_has_1_to_500_characters(stage: Stage, body: str) -> None:
    session = stage.session()
    with pytest.raises(Invalid) as refused:
        stage.ask(session, body=body)
    assert set(refused.value.fields) == {"body"}
    assert list_questions(session.id) == []


def test_who_is_not_an_active_member_cannot_ask_vote_or_be_answered(stage: Stage) -> None:
    session = stage.running()
    question = stage.ask(session)
    left = stage.make.user()
    stage.make.membership(stage.room, left, state=MembershipState.LEFT)
    unconfirmed = stage.make.user(state="unconfirmed")
    stage.make.membership(stage.room, unconfirmed)
    for user in (None, stage.make.user(), left, unconfirmed):
        with pytest.raises(Forbidden):
            stage.ask(session, user) if user else questions.ask(stage.ctx(None), session.id, body="Hello?")
        with pytest.raises(Forbidden):
            questions.vote(stage.ctx(user), session.id, question.id)


def test_nothing_is_asked_or_voted_after_the_end(stage: Stage) -> None:
    session = stage.running()
    question = stage.ask(session)
    leading.end_session(stage.ctx(stage.mentor), session.id)
    for act in (lambda: stage.ask(session), lambda: stage.vote(session, question)):
        with pytest.raises(Forbidden):
            act()


def test_a_repeated_question_is_asked_once(stage: Stage) -> None:
    session = stage.running()
    ctx = stage.ctx(stage.learner)
    first = questions.ask(ctx, session.id, body="Which dose?", client_id="ask-00001")
    leading.end_session(stage.ctx(stage.mentor), session.id)
    again = questions.ask(ctx, session.id, body="Which dose?", client_id="ask-00001")
    assert again.id == first.id, "an answer that was lost on the way is given again, also after the end"
    assert len(list_questions(session.id)) == 1


def test_one_person_has_at_most_twenty_questions_waiting(stage: Stage) -> None:
    session = stage.session()
    for number in range(20):
        last = stage.ask(session, body=f"Question {number}")
    with pytest.raises(Conflict):
        stage.ask(session)
    queue.skip(stage.ctx(stage.mentor), session.id, last.id, reason="Asked before")
    stage.ask(session)


# ------------------------------------------------------------------ voting


def test_a_vote_counts_once_and_can_be_taken_back(stage: Stage) -> None:
    session = stage.session()
    question = stage.ask(session)
    for _ in range(2):
        assert stage.vote(session, question).score == 1
    for _ in range(2):
        assert questions.unvote(stage.ctx(stage.peer), session.id, question.id).score == 0
    assert stage.vote(session, question).score == 1
    given = [fact.data for fact in stage.facts(session) if fact.kind == "question.voted"]
    assert [(one["supports"], one["first"]) for one in given] == [(True, True), (False, False), (True, False)]
    assert my_votes(stage.peer.id, session.id) == {question.id}


def test_nobody_votes_for_their_own_question(stage: Stage) -> None:
    session = stage.session()
    question = stage.ask(session)
    for act in (questions.vote, questions.unvote):
        with pytest.raises(Forbidden):
            act(stage.ctx(stage.learner), session.id, question.id)
    assert fresh(question).score == 0


def test_a_repeated_vote_does_not_undo_what_came_after(stage: Stage) -> None:
    session = stage.session()
    question = stage.ask(session)
    ctx = stage.ctx(stage.peer)
    questions.vote(ctx, session.id, question.id, client_id="vote-0001")
    questions.unvote(ctx, session.id, question.id, client_id="vote-0002")
    questions.vote(ctx, session.id, question.id, client_id="vote-0001")
    assert fresh(question).score == 0


def test_fifty_votes_at_once_are_fifty(app: Flask, stage: Stage) -> None:
    session = stage.session()
    question = stage.ask(session)
    session_id, question_id, slug = session.id, question.id, stage.room.slug
    people = [stage.make.user() for _ in range(25)]
    for user in people:
        stage.make.membership(stage.room, user)
    ids = [user.id for user in people]
    db.session.remove()
    failed: list[BaseException] = []

    def press(user_id: int) -> None:
        try:
            with app.app_context():
                questions.vote(open_room(db.session.get(User, user_id), slug), session_id, question_id)
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
            failed.append(error)

    # Everybody presses twice at once.
    threads = [threading.Thread(target=press, args=(user_id,)) for user_id in [*ids, *ids]]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    assert db.session.scalar(select(LiveQuestion.score).where(LiveQuestion.id == question_id)) == 25
    assert db.session.scalar(select(func.count(QuestionVote.id))) == 25


def test_whatever_is_voted_and_merged_a_score_is_the_number_of_people_behind(stage: Stage) -> None:
    """A vote adds one where it is given; counting everybody anew must lead to the same number after any course of things."""
    session = stage.running()
    people = [stage.learner, stage.peer, *(stage.make.user() for _ in range(3))]
    for user in people[2:]:
        stage.make.membership(stage.room, user)
    ids = [stage.ask(session, user, f"Question of number {number}?").id for number, user in enumerate(people[:4])]
    chance = random.Random(11)
    done: Counter[str] = Counter()
    for _ in range(160):
        question_id, user = chance.choice(ids), chance.choice(people)
        mentor = stage.ctx(stage.mentor)
        acts: dict[str, Callable[[], Any]] = {
            "vote": lambda user=user, one=question_id: questions.vote(stage.ctx(user), session.id, one),
            "unvote": lambda user=user, one=question_id: questions.unvote(stage.ctx(user), session.id, one),
            "merge": lambda mentor=mentor, one=question_id: queue.merge(
                mentor, session.id, one, into_id=chance.choice(ids)
            ),
            "reopen": lambda mentor=mentor, one=question_id: queue.reopen(mentor, session.id, one),
        }
        name = chance.choices(list(acts), weights=[6, 3, 1, 1])[0]
        try:
            acts[name]()
        except (Conflict, Forbidden, Invalid):
            continue
        done[name] += 1
        rows = db.session.scalars(select(LiveQuestion).execution_options(populate_existing=True)).all()
        assert {one.id: one.score for one in rows} == {one.id: count_supporters(one) for one in rows}
    assert min(done[name] for name in ("vote", "unvote", "merge", "reopen")) > 3


def test_a_question_of_another_session_is_not_found(stage: Stage) -> None:
    session, other = stage.running(), stage.running()
    question = stage.ask(session)
    mentor = stage.ctx(stage.mentor)
    acts: list[Callable[[], Any]] = [
        lambda: questions.vote(stage.ctx(stage.peer), other.id, question.id),
        lambda: questions.unvote(stage.ctx(stage.peer), other.id, question.id),
        lambda: queue.mark_answering(mentor, other.id, question.id),
        lambda: queue.answer(mentor, other.id, question.id),
        lambda: queue.merge(mentor, other.id, question.id, into_id=question.id),
        lambda: queue.skip(mentor, other.id, question.id, reason="No"),
        lambda: queue.hide_question(mentor, other.id, question.id, reason="No"),
        lambda: queue.reopen(mentor, other.id, question.id),
        lambda: queue.mark_answering(stage.ctx(stage.mentor, stage.other_room), session.id, question.id),
        lambda: questions.ask(stage.ctx(stage.learner, stage.other_room), session.id, body="Hello?"),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert fresh(question).state == QuestionState.OPEN


# ------------------------------------------------------------------ steering


def test_only_who_leads_the_session_steers_its_queue(stage: Stage) -> None:
    session = stage.running()
    question, other = stage.ask(session), stage.ask(session)
    outsider = stage.make.user()
    stage.make.membership(stage.room, outsider, role="mentor")
    for user in (stage.learner, stage.peer, outsider, stage.make.user(role="administrator"), None):
        ctx = stage.ctx(user)
        acts: list[Callable[[], Any]] = [
            lambda ctx=ctx: queue.mark_answering(ctx, session.id, question.id),
            lambda ctx=ctx: queue.answer(ctx, session.id, question.id, text="Yes"),
            lambda ctx=ctx: queue.merge(ctx, session.id, question.id, into_id=other.id),
            lambda ctx=ctx: queue.skip(ctx, session.id, question.id, reason="No"),
            lambda ctx=ctx: queue.reopen(ctx, session.id, question.id),
            lambda ctx=ctx: queue.take_next(ctx, session.id),
        ]
        for act in acts:
            with pytest.raises(Forbidden):
                act()
    queue.mark_answering(stage.ctx(stage.coordinator), session.id, question.id)
    assert question.state == QuestionState.ANSWERING


def test_a_mentor_who_lost_the_role_leads_no_more(stage: Stage) -> None:
    session = stage.session()
    from social_cme.persistence.transaction import transaction
    from social_cme.rooms.models import Membership

    with transaction() as tx:
        row = tx.session.query(Membership).filter_by(room_id=stage.room.id, user_id=stage.mentor.id).one()
        row.role = "learner"
    with pytest.raises(Forbidden):
        leading.start_session(stage.ctx(stage.mentor), session.id)


def test_one_question_is_answered_at_a_time(stage: Stage) -> None:
    session = stage.running()
    first, second = stage.ask(session), stage.ask(session)
    ctx = stage.ctx(stage.mentor)
    queue.mark_answering(ctx, session.id, first.id)
    queue.mark_answering(ctx, session.id, second.id)
    assert (fresh(first).state, fresh(second).state) == (QuestionState.OPEN, QuestionState.ANSWERING)
    assert db.session.get(LiveSession, session.id).current_question_id == second.id
    queue.answer(ctx, session.id, second.id, text="**Two** tablets.")
    assert fresh(second).answer_html == "<p><strong>Two</strong> tablets.</p>\n"
    assert db.session.get(LiveSession, session.id).current_question_id is None
    queue.answer(ctx, session.id, second.id)
    assert fresh(second).answer_md == "**Two** tablets.", "marking it again does not wipe what was written"


def test_the_next_question_is_the_most_wanted(stage: Stage) -> None:
    session = stage.running()
    first, second, third = (stage.ask(session, body=body) for body in ("One", "Two", "Three"))
    stage.vote(session, third)
    ctx = stage.ctx(stage.mentor)
    taken = [queue.take_next(ctx, session.id, client_id=f"next-000{number}") for number in range(3)]
    again = queue.take_next(ctx, session.id, client_id="next-0002")
    assert [one.id for one in taken if one] == [third.id, first.id, second.id]
    assert again is not None
    assert again.id == second.id
    assert queue.take_next(ctx, session.id) is None
    assert fresh(second).state == QuestionState.ANSWERED


def test_nothing_is_answered_before_the_start(stage: Stage) -> None:
    session = stage.session()
    question = stage.ask(session)
    for act in (queue.mark_answering, queue.answer):
        with pytest.raises(Conflict):
            act(stage.ctx(stage.mentor), session.id, question.id)
    with pytest.raises(Conflict):
        queue.take_next(stage.ctx(stage.mentor), session.id)


def test_merging_counts_every_supporter_once_and_can_be_undone(stage: Stage) -> None:
    session = stage.running()
    a, b, c = stage.make.user(), stage.make.user(), stage.make.user()
    for user in (a, b, c):
        stage.make.membership(stage.room, user)
    target = stage.ask(session, stage.learner, "When to stop?")
    double = stage.ask(session, stage.peer, "Stop when?")
    for user in (a, b):
        stage.vote(session, target, user)
    for user in (b, c, stage.learner):
        stage.vote(session, double, user)
    mentor = stage.ctx(stage.mentor)
    queue.merge(mentor, session.id, double.id, into_id=target.id)
    # a, b, c: b once, and the target's own author not at all.
    assert fresh(target).score == 3
    assert (fresh(double).state, fresh(double).merged_into_id) == (QuestionState.MERGED, target.id)
    assert my_votes(c.id, session.id) == {target.id}
    # The other asker may support the one that remains; a vote on the merged one goes there too.
    assert questions.vote(stage.ctx(stage.peer), session.id, double.id).id == target.id
    assert fresh(target).score == 4
    assert questions.unvote(stage.ctx(c), session.id, target.id).score == 3
    queue.reopen(mentor, session.id, double.id)
    assert (fresh(target).score, fresh(double).score, fresh(double).state) == (3, 2, QuestionState.OPEN)


def test_what_was_merged_moves_on_with_its_target(stage: Stage) -> None:
    session = stage.running()
    first, second, third = (stage.ask(session, body=body) for body in ("One", "Two", "Three"))
    stage.vote(session, first)
    mentor = stage.ctx(stage.mentor)
    queue.merge(mentor, session.id, first.id, into_id=second.id)
    queue.merge(mentor, session.id, second.id, into_id=third.id)
    assert [fresh(one).merged_into_id for one in (first, second, third)] == [third.id, third.id, None]
    assert fresh(third).score == 1


def test_hiding_a_question_sets_those_merged_into_it_free(stage: Stage) -> None:
    session = stage.running()
    bad, good = stage.ask(session, body="The mayor of room 4?"), stage.ask(session, body="Which dose?")
    stage.vote(session, good)
    mentor = stage.ctx(stage.mentor)
    queue.merge(mentor, session.id, good.id, into_id=bad.id)
    queue.hide_question(mentor, session.id, bad.id, reason="A patient could be recognized")
    assert fresh(bad).state == QuestionState.HIDDEN
    assert (fresh(good).state, fresh(good).score, fresh(good).merged_into_id) == (QuestionState.OPEN, 1, None)
    with pytest.raises(Forbidden):
        stage.vote(session, bad)
    queue.reopen(mentor, session.id, bad.id)
    assert (fresh(bad).state, fresh(bad).state_reason) == (QuestionState.OPEN, "")


def test_a_learner_cannot_hide_a_question(stage: Stage) -> None:
    session = stage.running()
    question = stage.ask(session)
    with pytest.raises(Forbidden):
        queue.hide_question(stage.ctx(stage.peer), session.id, question.id, reason="No")
    moderator = stage.make.user(role="moderator")
    queue.hide_question(stage.ctx(moderator), session.id, question.id, reason="Promotion")
    assert fresh(question).state == QuestionState.HIDDEN


def test_impossible_merges_are_refused(stage: Stage) -> None:
    session, other = stage.running(), stage.running()
    one, two, three = stage.ask(session), stage.ask(session), stage.ask(session)
    elsewhere = stage.ask(other)
    mentor = stage.ctx(stage.mentor)
    with pytest.raises(Invalid):
        queue.merge(mentor, session.id, one.id, into_id=one.id)
    with pytest.raises(NotFound):
        queue.merge(mentor, session.id, one.id, into_id=elsewhere.id)
    queue.merge(mentor, session.id, two.id, into_id=three.id)
    for source, target in ((one, two), (two, one)):
        with pytest.raises(Conflict):
            queue.merge(mentor, session.id, source.id, into_id=target.id)
    with pytest.raises(Conflict):
        queue.mark_answering(mentor, session.id, two.id)


def test_a_question_is_skipped_for_a_reason_that_can_be_read(stage: Stage) -> None:
    session = stage.running()
    question = stage.ask(session)
    mentor = stage.ctx(stage.mentor)
    queue.mark_answering(mentor, session.id, question.id)
    for reason in ("", "x" * 301):
        with pytest.raises(Invalid):
            queue.skip(mentor, session.id, question.id, reason=reason)
    queue.skip(mentor, session.id, question.id, reason="Covered by the case")
    assert (fresh(question).state, fresh(question).state_reason) == (QuestionState.SKIPPED, "Covered by the case")
    assert db.session.get(LiveSession, session.id).current_question_id is None
    with pytest.raises(Forbidden):
        stage.vote(session, question)
    queue.reopen(mentor, session.id, question.id)
    assert stage.vote(session, question).score == 1


def test_a_refused_change_leaves_no_fact_and_no_row(stage: Stage) -> None:
    session = stage.running()
    question = stage.ask(session)
    before = stage.kinds(session)
    with pytest.raises(Forbidden):
        questions.vote(stage.ctx(stage.learner), session.id, question.id, client_id="vote-0009")
    with pytest.raises(Invalid):
        queue.merge(stage.ctx(stage.mentor), session.id, question.id, into_id=question.id, client_id="merge-001")
    assert stage.kinds(session) == before
    other = stage.ask(session)
    # The refused request had not been carried out, so its name is still free.
    merged = queue.merge(stage.ctx(stage.mentor), session.id, question.id, into_id=other.id, client_id="merge-001")
    assert merged.state == QuestionState.MERGED
