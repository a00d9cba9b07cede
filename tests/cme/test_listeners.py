"""Facts become entries exactly once, and entries stay true to what they stand on."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from social_cme.cme.models import ParticipationEntry
from social_cme.cme.services.ledger import HIDDEN, record_fact
from social_cme.core import clock
from social_cme.discussions import events as discussion_events
from social_cme.extensions import db
from social_cme.live import events as live_events
from social_cme.live.enums import QuestionState
from social_cme.persistence.facts import to_record
from social_cme.persistence.transaction import transaction
from tests.cme.ward import NOON, Ward, deliver, facts, ledger


def repeat_everything() -> None:
    """Deliver every fact once more, as after a crash between the work and its receipt."""
    for record in [to_record(fact) for fact in facts()]:
        record_fact(record)


def test_each_written_thing_is_one_entry_for_its_author(ward: Ward) -> None:
    thread = ward.thread()
    ward.answer(thread)
    ward.answer(thread, ward.mentor, kind="comment")
    deliver()
    assert ledger() == [
        ("Learner", "thread_opened", True),
        ("Peer", "answer_written", True),
        ("Mentor", "comment_written", True),
    ]


def test_a_fact_that_is_delivered_twice_leaves_one_entry(ward: Ward) -> None:
    thread = ward.thread()
    post = ward.answer(thread)
    ward.vote(thread, ward.peer)
    ward.endorse(post)
    ward.accept(post)
    session = ward.session()
    ward.attend(session, ward.peer, 0, 45)
    ward.support(ward.ask(session, ward.learner), ward.peer)
    deliver()
    once = ledger()
    repeat_everything()
    repeat_everything()
    assert ledger() == once
    assert len(once) == 9


def test_only_the_first_vote_on_something_counts(ward: Ward) -> None:
    thread = ward.thread()
    ward.vote(thread, ward.peer, value=1, first=True)
    ward.vote(thread, ward.peer, value=0, first=False)
    ward.vote(thread, ward.peer, value=-1, first=False)
    deliver()
    assert [line for line in ledger() if line[1] == "vote_given"] == [("Peer", "vote_given", True)]


def test_only_the_first_support_of_a_question_counts(ward: Ward) -> None:
    question = ward.ask(ward.session(), ward.learner)
    ward.support(question, ward.peer)
    ward.support(question, ward.peer, supports=False, first=False)
    ward.support(question, ward.peer, supports=True, first=False)
    deliver()
    assert ledger() == [("Learner", "question_asked", True), ("Peer", "question_supported", True)]


def test_an_endorsement_is_received_by_the_author_and_given_by_the_mentor(ward: Ward) -> None:
    ward.endorse(ward.answer(ward.thread()))
    deliver()
    assert ledger()[2:] == [("Peer", "endorsement_received", True), ("Mentor", "endorsement_given", True)]


def test_an_accepted_answer_counts_for_its_author_unless_they_accepted_it_themselves(ward: Ward) -> None:
    thread = ward.thread()
    ward.accept(ward.answer(thread))
    ward.accept(ward.answer(thread, ward.learner))
    deliver()
    assert [line for line in ledger() if line[1] == "answer_accepted"] == [("Peer", "answer_accepted", True)]


def test_attendance_keeps_its_start_and_its_seconds(ward: Ward) -> None:
    ward.attend(ward.session(), ward.learner, 3, 47.5)
    deliver()
    entry = db.session.scalars(select(ParticipationEntry)).one()
    assert (entry.activity, entry.seconds) == ("session_attended", 44 * 60 + 30)
    assert entry.started_at == entry.occurred_at == NOON + timedelta(minutes=3)


def test_a_stretch_without_length_is_not_recorded(ward: Ward) -> None:
    ward.attend(ward.session(), ward.learner, 3, 3)
    deliver()
    assert ledger() == []


def test_a_thread_that_came_from_an_import_or_a_live_session_was_opened_by_nobody(ward: Ward) -> None:
    ward.thread(source_ref="medquad:1")
    ward.thread(live_question_id=7)
    deliver()
    assert ledger() == []


def test_an_answer_from_a_live_session_counts_for_its_mentor_and_one_from_an_import_for_nobody(ward: Ward) -> None:
    for thread in (ward.thread(live_question_id=7), ward.thread(source_ref="medquad:1")):
        post = ward.answer(thread, ward.mentor, told=False)
        place = ward.place(post, ward.mentor) | {"actor_id": None}
        ward.tell(discussion_events.AnswerPosted(**place))
    deliver()
    assert ledger() == [("Mentor", "answer_written", True)]


def test_a_hidden_answer_no_longer_counts_and_says_why(ward: Ward) -> None:
    post = ward.answer(ward.thread())
    ward.endorse(post)
    ward.accept(post)
    deliver()
    ward.hide(post)
    deliver()
    assert ledger() == [
        ("Learner", "thread_opened", True),
        ("Peer", "answer_written", False),
        ("Peer", "endorsement_received", False),
        # The mentor read and judged it; that was done.
        ("Mentor", "endorsement_given", True),
        ("Peer", "answer_accepted", False),
    ]
    voided = db.session.scalars(select(ParticipationEntry).where(ParticipationEntry.voided_at.is_not(None))).all()
    assert {one.void_reason for one in voided} == {HIDDEN}


def test_what_is_shown_again_counts_again_in_a_new_entry_at_its_old_time(ward: Ward) -> None:
    with clock.at(NOON):
        post = ward.answer(ward.thread())
    deliver()
    for hidden in (True, False, True, False):
        ward.hide(post, hidden=hidden)
        deliver()
    mine = db.session.scalars(
        select(ParticipationEntry).filter_by(activity="answer_written").order_by(ParticipationEntry.id)
    ).all()
    assert [(one.revision, one.voided_at is None) for one in mine] == [(0, False), (1, False), (2, True)]
    assert {one.occurred_at for one in mine} == {NOON}
    assert len({one.fact_id for one in mine}) == 1


def test_a_hidden_thread_takes_away_the_opening_but_not_the_answers_of_others(ward: Ward) -> None:
    thread = ward.thread()
    ward.answer(thread)
    ward.hide(thread)
    deliver()
    assert ledger() == [("Learner", "thread_opened", False), ("Peer", "answer_written", True)]
    ward.hide(thread, hidden=False)
    deliver()
    assert ledger()[-1] == ("Learner", "thread_opened", True)


def test_a_hidden_question_does_not_count_while_it_is_hidden(ward: Ward) -> None:
    session = ward.session()
    question = ward.ask(session, ward.learner)
    deliver()
    for state in (QuestionState.HIDDEN, QuestionState.OPEN):
        with transaction() as tx:
            question.state = state
            tx.record(
                live_events.QuestionStateChanged(
                    actor_id=ward.mentor.id,
                    room_id=session.room_id,
                    session_id=session.id,
                    question_id=question.id,
                    state=state,
                )
            )
        deliver()
    assert ledger() == [("Learner", "question_asked", False), ("Learner", "question_asked", True)]


def test_a_withdrawn_endorsement_stays_listed_and_does_not_come_back_with_the_answer(ward: Ward) -> None:
    post = ward.answer(ward.thread())
    ward.endorse(post)
    deliver()
    ward.hide(post)
    ward.withdraw(post)
    ward.hide(post, hidden=False)
    deliver()
    counted = [line[:2] for line in ledger() if line[2]]
    assert counted == [("Learner", "thread_opened"), ("Peer", "answer_written")]


def test_a_second_endorsement_after_a_withdrawal_counts_once(ward: Ward) -> None:
    post = ward.answer(ward.thread())
    ward.endorse(post)
    ward.withdraw(post)
    ward.endorse(post)
    deliver()
    received = [line for line in ledger() if line[1] == "endorsement_received"]
    assert [line[2] for line in received].count(True) == 1


def test_a_mark_that_is_taken_back_no_longer_counts(ward: Ward) -> None:
    post = ward.answer(ward.thread())
    ward.accept(post)
    deliver()
    ward.accept(post, accepted=False)
    deliver()
    assert ledger()[-1] == ("Peer", "answer_accepted", False)


def test_endorsements_of_two_mentors_are_two_entries(ward: Ward) -> None:
    post = ward.answer(ward.thread())
    ward.endorse(post)
    ward.endorse(post, ward.coordinator)
    deliver()
    assert [line[0] for line in ledger() if line[1] == "endorsement_received"] == ["Peer", "Peer"]


@pytest.mark.parametrize("order", list(permutations(range(5)))[::11])
def test_the_order_of_delivery_does_not_change_what_counts(ward: Ward, order: tuple[int, ...]) -> None:
    post = ward.answer(ward.thread())
    ward.endorse(post)
    ward.hide(post)
    ward.hide(post, hidden=False)
    ward.withdraw(post)
    about_post = [to_record(fact) for fact in facts() if "post_id" in fact.data]
    for index in order:
        record_fact(about_post[index])
    assert [line[:2] for line in ledger() if line[2]] == [("Peer", "answer_written")]


def test_a_fact_of_another_kind_changes_nothing(ward: Ward) -> None:
    thread = ward.thread()
    ward.tell(discussion_events.ThreadEdited(actor_id=ward.learner.id, room_id=ward.room.id, thread_id=thread.id))
    deliver()
    assert len(ledger()) == 1
    record_fact(to_record(facts()[-1]))
    assert len(ledger()) == 1
