"""The order of the queue: by hand before the votes; labels; and questions that are answered later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live import rules
from social_cme.live.enums import AnswerKind, Move, QuestionState
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.queries.board import list_order, list_questions, list_waiting
from social_cme.live.services import leading, options, ordering, queue
from social_cme.live.services.options import OptionsChange
from social_cme.notifications.models import Notification
from social_cme.persistence.delivery import deliver_pending
from tests.live.stage import Stage


@pytest.mark.parametrize(
    ("placed", "moved", "to", "after"),
    [
        (0, 3, Move.TOP, [3]),
        (2, 2, Move.TOP, [2, 1]),
        (0, 3, Move.UP, [1, 3]),
        (0, 1, Move.UP, []),
        (0, 1, Move.DOWN, [2, 1]),
        (0, 4, Move.DOWN, []),
        (3, 3, Move.UP, [1, 3, 2]),
        (2, 1, Move.VOTES, [2]),
        (0, 1, Move.VOTES, []),
    ],
)
def test_moving_fixes_what_it_passes_and_nothing_more(placed: int, moved: int, to: Move, after: list[int]) -> None:
    assert rules.moved([1, 2, 3, 4], placed, moved, to) == after


def order(session: LiveSession) -> list[int]:
    db.session.expire_all()
    return [one.id for one in list_waiting(session.id)]


def test_a_place_given_by_hand_wins_over_the_votes(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    one, two, three = (stage.ask(session, body=body) for body in ("One", "Two", "Three"))
    stage.vote(session, three)
    assert order(session) == [three.id, one.id, two.id]
    ordering.move_question(ctx, session.id, two.id, to="top")
    ordering.move_question(ctx, session.id, two.id, to="top")
    assert order(session) == [two.id, three.id, one.id]
    assert stage.kinds(session).count("question.moved") == 1, "what changes nothing is no news"
    ordering.move_question(ctx, session.id, one.id, to="up")
    assert order(session) == [two.id, one.id, three.id]
    stage.vote(session, three, stage.coordinator)
    assert order(session) == [two.id, one.id, three.id]
    assert list_order([session.id]) == {session.id: [two.id, one.id]}
    taken = queue.take_next(ctx, session.id)
    assert taken is not None
    assert taken.id == two.id
    ordering.move_question(ctx, session.id, one.id, to="votes")
    assert order(session) == [three.id, one.id]
    assert [question.id for question in list_questions(session.id)] == [three.id, one.id, two.id]


def test_a_repeated_move_is_made_once(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    asked = [stage.ask(session, body=f"Question {number}").id for number in range(3)]
    for _ in range(2):
        ordering.move_question(ctx, session.id, asked[0], to="down", client_id="move-0001")
    assert order(session) == [asked[1], asked[0], asked[2]]


def test_labels_come_from_the_list_of_the_session(stage: Stage) -> None:
    session, ctx = stage.session(), stage.ctx(stage.mentor)
    question = stage.ask(session)
    found = options.change_options(
        ctx, session.id, change=OptionsChange(labels=["Dose ", "", "evidence", "dose", "ward", "case"])
    )
    assert found.labels == ("Dose", "evidence", "ward", "case")
    ordering.label_question(ctx, session.id, question.id, labels=["evidence", "Dose"])
    assert question.labels == ["Dose", "evidence"], "in the order of the list"
    with pytest.raises(Invalid):
        ordering.label_question(ctx, session.id, question.id, labels=["unknown"])
    with pytest.raises(Invalid):
        ordering.label_question(ctx, session.id, question.id, labels=list(found.labels))
    options.change_options(ctx, session.id, change=OptionsChange(labels=["evidence"]))
    db.session.expire_all()
    assert question.labels == ["evidence"], "what is off the list is off the questions"
    assert stage.kinds(session).count("question.labelled") == 2


def test_options_have_their_limits_and_keep_what_is_not_named(stage: Stage) -> None:
    session, ctx = stage.session(), stage.ctx(stage.mentor)
    options.change_options(ctx, session.id, change=OptionsChange(slow_seconds=30, allow_pseudonyms=False))
    for change in (
        OptionsChange(slow_seconds=601),
        OptionsChange(slow_seconds=-1),
        OptionsChange(labels=[str(number) for number in range(13)]),
        OptionsChange(labels=["x" * 31]),
    ):
        with pytest.raises(Invalid):
            options.change_options(ctx, session.id, change=change)
    found = options.change_options(ctx, session.id, change=OptionsChange(approve_first=True), client_id="option-01")
    assert (found.slow_seconds, found.allow_pseudonyms, found.approve_first) == (30, False, True)
    options.change_options(ctx, session.id, change=OptionsChange(approve_first=False), client_id="option-01")
    options.change_options(ctx, session.id, change=OptionsChange(approve_first=True))
    assert stage.kinds(session).count("options.changed") == 2, "a repeat and what is so already are no news"
    leading.start_session(ctx, session.id)
    leading.end_session(ctx, session.id)
    with pytest.raises(Conflict):
        options.change_options(ctx, session.id, change=OptionsChange(approve_first=False))


def test_a_question_is_put_off_with_a_date_and_still_becomes_a_thread(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    question = stage.ask(session)
    queue.mark_answering(ctx, session.id, question.id)
    for days in (0, 61):
        with pytest.raises(Invalid):
            queue.answer_later(ctx, session.id, question.id, days=days)
    before = clock.now()
    queue.answer_later(ctx, session.id, question.id, days=5)
    assert (question.state, question.answer_kind) == (QuestionState.LATER, AnswerKind.LATER)
    assert question.due_at is not None
    assert question.due_at - before >= timedelta(days=5)
    assert session.current_question_id is None
    deliver_pending()
    assert [one.user_id for one in db.session.query(Notification).filter_by(kind="question_later")] == [
        stage.learner.id
    ]
    queue.reopen(ctx, session.id, question.id)
    assert (question.answer_kind, question.due_at) == ("", None)
    queue.answer_later(ctx, session.id, question.id)
    leading.end_session(ctx, session.id)
    db.session.expire_all()
    assert question.thread_id is not None
    assert question.due_at is not None


def test_it_is_known_how_a_question_was_answered(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    aloud, written, put_off = (stage.ask(session, body=body) for body in ("One", "Two", "Three"))
    queue.answer(ctx, session.id, aloud.id)
    queue.answer(ctx, session.id, written.id, text="Twice the oral dose.")
    queue.answer_later(ctx, session.id, put_off.id)
    queue.answer(ctx, session.id, put_off.id, text="Now, after all.")
    kinds = [one.answer_kind for one in (aloud, written, put_off)]
    assert kinds == [AnswerKind.LIVE, AnswerKind.WRITING, AnswerKind.WRITING]
    assert put_off.due_at is None


ACTS: dict[str, Callable[[Any, int, int], object]] = {
    "move": lambda ctx, place, number: ordering.move_question(ctx, place, number, to="top"),
    "label": lambda ctx, place, number: ordering.label_question(ctx, place, number, labels=[]),
    "later": lambda ctx, place, number: queue.answer_later(ctx, place, number),
}


@pytest.mark.parametrize("name", ACTS)
def test_only_who_leads_orders_labels_and_puts_off(stage: Stage, name: str) -> None:
    session, other = stage.running(), stage.running()
    question, act = stage.ask(session), ACTS[name]
    for user in (stage.learner, stage.peer, None):
        with pytest.raises(Forbidden):
            act(stage.ctx(user), session.id, question.id)
    ctx = stage.ctx(stage.mentor)
    for room, place in ((None, other.id), (stage.other_room, session.id)):
        with pytest.raises(NotFound):
            act(stage.ctx(stage.mentor, room), place, question.id)
    leading.end_session(ctx, session.id)
    with pytest.raises(Conflict):
        act(ctx, session.id, question.id)


def test_what_does_not_wait_is_not_moved(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    question: LiveQuestion = stage.ask(session)
    with pytest.raises(Invalid):
        ordering.move_question(ctx, session.id, question.id, to="sideways")
    queue.answer(ctx, session.id, question.id)
    with pytest.raises(Conflict):
        ordering.move_question(ctx, session.id, question.id, to="top")
    with pytest.raises(Conflict):
        queue.answer_later(ctx, session.id, question.id)
