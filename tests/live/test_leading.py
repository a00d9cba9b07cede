"""Starting and ending: who may, when, and what remains of a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden
from social_cme.discussions.models import Follow, Post, Thread
from social_cme.extensions import db
from social_cme.live import jobs
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveQuestion
from social_cme.live.services import archiving, leading, queue
from social_cme.persistence.facts import facts_since
from social_cme.rooms.models import Room
from tests.live.stage import NOON, Stage, beats


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


def test_a_session_is_started_by_who_leads_it_within_an_hour_of_its_time(stage: Stage) -> None:
    session = stage.session()
    for user in (stage.learner, stage.make.user(), None):
        with pytest.raises(Forbidden):
            leading.start_session(stage.ctx(user), session.id)
    with clock.at(session.starts_at - timedelta(minutes=61)), pytest.raises(Conflict):
        leading.start_session(stage.ctx(stage.mentor), session.id)
    with clock.at(session.ends_at), pytest.raises(Conflict):
        leading.start_session(stage.ctx(stage.mentor), session.id)
    for _ in range(2):
        leading.start_session(stage.ctx(stage.coordinator), session.id)
    assert (session.state, session.started_at) == (SessionState.LIVE, NOON)
    assert stage.kinds(session) == ["session.scheduled", "session.started"]


def test_a_running_session_is_extended_and_a_repeat_adds_nothing(stage: Stage) -> None:
    session = stage.running()
    end = session.ends_at
    for _ in range(2):
        leading.extend_session(stage.ctx(stage.mentor), session.id, minutes=5, client_id="extend-01")
    assert session.ends_at == end + timedelta(minutes=5)
    with pytest.raises(Forbidden):
        leading.extend_session(stage.ctx(stage.learner), session.id, minutes=5)
    with pytest.raises(Conflict):
        leading.extend_session(stage.ctx(stage.mentor), stage.session().id, minutes=5)


def test_a_learner_cannot_end_a_session_and_one_that_did_not_start_cannot_end(stage: Stage) -> None:
    session = stage.session()
    with pytest.raises(Conflict):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden):
        leading.end_session(stage.ctx(stage.learner), session.id)
    assert session.state == SessionState.LIVE


def test_every_question_becomes_a_thread_with_what_was_answered(stage: Stage) -> None:
    session = stage.running()
    mentor = stage.ctx(stage.mentor)
    answered, double, skipped, hidden, waiting, current = (
        stage.ask(session, user, body)
        for user, body in (
            (stage.learner, "Which dose of furosemide in a naive patient?"),
            (stage.peer, "How much furosemide to begin with?"),
            (stage.learner, "Is there parking?"),
            (stage.learner, "The mayor?"),
            (stage.peer, "And acetazolamide?"),
            (stage.peer, "And the kidneys?"),
        )
    )
    queue.answer(mentor, session.id, answered.id, text="Twice the **oral** dose.")
    queue.merge(mentor, session.id, double.id, into_id=answered.id)
    queue.skip(mentor, session.id, skipped.id, reason="Not clinical")
    queue.hide_question(mentor, session.id, hidden.id, reason="A patient")
    queue.mark_answering(mentor, session.id, current.id)
    leading.end_session(mentor, session.id)

    threads = {one.live_question_id: one for one in db.session.scalars(select(Thread))}
    assert set(threads) == {answered.id, skipped.id, waiting.id, current.id}
    thread = threads[answered.id]
    assert (thread.author_id, thread.room_id, thread.kind) == (stage.learner.id, stage.room.id, "question")
    assert (thread.title, thread.answer_count) == ("Which dose of furosemide in a naive patient?", 1)
    [post] = db.session.scalars(select(Post))
    assert (post.thread_id, post.author_id, post.body_html) == (
        thread.id,
        stage.mentor.id,
        "<p>Twice the <strong>oral</strong> dose.</p>\n",
    )
    followers = set(db.session.scalars(select(Follow.user_id).where(Follow.thread_id == thread.id)))
    assert followers == {stage.learner.id, stage.peer.id, stage.mentor.id}
    db.session.expire_all()
    assert db.session.get(LiveQuestion, double.id).thread_id == thread.id
    assert (threads[waiting.id].answer_count, threads[current.id].answer_count) == (0, 0)
    assert db.session.get(LiveQuestion, current.id).state == "open"
    assert db.session.get(Room, stage.room.id).thread_count == 4
    kinds = [fact.kind for fact in facts_since(db.session(), f"room:{stage.room.id}", since=0, limit=50)]
    assert kinds.count("thread.posted") == 4
    assert kinds.count("answer.posted") == 1
    assert stage.kinds(session)[-2:] == ["session.ended", "session.archived"]


def test_ending_twice_is_ending_once(stage: Stage) -> None:
    session = stage.running()
    stage.ask(session)
    stage.beat(session, *beats(NOON, seconds=60))
    for later in (100, 200):
        with clock.at(NOON + timedelta(seconds=later)):
            leading.end_session(stage.ctx(stage.mentor), session.id)
    assert session.ended_at == NOON + timedelta(seconds=100)
    assert db.session.scalar(select(func.count(Thread.id))) == 1
    assert stage.kinds(session).count("session.ended") == 1
    assert stage.kinds(session).count("session.archived") == 1
    closed = list(facts_since(db.session(), f"user:{stage.learner.id}", since=0, limit=9))
    assert [fact.kind for fact in closed] == ["attendance.closed"]


@pytest.mark.parametrize("survives", [0, 1, 3])
def test_what_a_crash_left_over_is_finished_later(stage: Stage, monkeypatch: pytest.MonkeyPatch, survives: int) -> None:
    session = stage.running()
    for number in range(5):
        stage.ask(session, body=f"Question {number}")
    monkeypatch.setattr(archiving, "BATCH", 1)
    real, calls = archiving.open_from_live, []

    def dies(**values: Any) -> Any:
        if len(calls) == survives:
            raise KeyboardInterrupt
        calls.append(values)
        return real(**values)

    monkeypatch.setattr(archiving, "open_from_live", dies)
    with pytest.raises(KeyboardInterrupt):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    assert db.session.scalar(select(func.count(Thread.id))) == survives
    monkeypatch.setattr(archiving, "open_from_live", real)
    jobs.end_overdue()
    jobs.end_overdue()
    assert db.session.scalar(select(func.count(Thread.id))) == 5
    db.session.expire_all()
    assert session.archived_at is not None
    assert all(one.thread_id for one in db.session.scalars(select(LiveQuestion)))
    assert stage.kinds(session).count("session.archived") == 1


def test_a_session_that_was_left_running_ends_by_itself(stage: Stage) -> None:
    session = stage.running()
    stage.ask(session)
    with clock.at(session.ends_at + timedelta(minutes=59)):
        jobs.end_overdue()
    assert session.state == SessionState.LIVE
    with clock.at(session.ends_at + timedelta(minutes=60)):
        jobs.end_overdue()
        jobs.close_stale()
    db.session.expire_all()
    assert session.state == SessionState.ENDED
    assert db.session.scalar(select(func.count(Thread.id))) == 1


def test_a_long_question_keeps_its_words_below_a_short_title(stage: Stage) -> None:
    session = stage.running()
    body = "Why " + "really " * 60 + "so?"
    stage.ask(session, body=body)
    leading.end_session(stage.ctx(stage.mentor), session.id)
    [thread] = db.session.scalars(select(Thread))
    assert thread.body_md == body
    assert len(thread.title) <= 150
    assert thread.title.endswith("…")
