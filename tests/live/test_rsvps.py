"""Who comes: places are given away exactly once, whoever presses at the same moment."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.core.errors import AppError, Conflict, Forbidden
from social_cme.extensions import db
from social_cme.live.enums import RsvpState
from social_cme.live.models import LiveSession, Rsvp
from social_cme.live.queries.sessions import going_to
from social_cme.live.services import leading, rsvps, schedule
from social_cme.rooms.queries import open_room
from tests.live.stage import Stage


def test_coming_and_not_coming_are_counted_once_each(stage: Stage) -> None:
    session = stage.session()
    ctx = stage.ctx(stage.learner)
    for going, count in ((True, 1), (True, 1), (False, 0), (False, 0), (True, 1)):
        rsvps.set_rsvp(ctx, session.id, going=going)
        assert db.session.scalar(select(LiveSession.going_count).where(LiveSession.id == session.id)) == count
    assert going_to(stage.learner.id, [session.id]) == {session.id}
    assert stage.kinds(session) == ["session.scheduled", "rsvp.given", "rsvp.given", "rsvp.given"]


def test_fifty_people_at_once_get_exactly_ten_places(app: Flask, stage: Stage) -> None:
    session_id = stage.session(capacity=10).id
    slug = stage.room.slug
    people = [stage.make.user().id for _ in range(50)]
    for user_id in people:
        stage.make.membership(stage.room, _user(user_id))
    db.session.remove()
    refused: list[AppError] = []
    failed: list[BaseException] = []
    ready = threading.Barrier(50)

    def press(user_id: int) -> None:
        try:
            ready.wait(timeout=30)
            with app.app_context():
                rsvps.set_rsvp(open_room(_user(user_id), slug), session_id, going=True)
                db.session.remove()
        except Conflict as error:
            refused.append(error)
        except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
            failed.append(error)

    threads = [threading.Thread(target=press, args=(user_id,)) for user_id in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    assert len(refused) == 40
    going = select(func.count(Rsvp.id)).where(Rsvp.session_id == session_id, Rsvp.state == RsvpState.GOING)
    assert db.session.scalar(going) == 10
    assert db.session.scalar(select(LiveSession.going_count).where(LiveSession.id == session_id)) == 10


def _user(user_id: int) -> object:
    from social_cme.accounts.models import User

    return db.session.get(User, user_id)


def test_a_place_that_is_given_back_can_be_taken(stage: Stage) -> None:
    session = stage.session(capacity=1)
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    with pytest.raises(Conflict):
        rsvps.set_rsvp(stage.ctx(stage.peer), session.id, going=True)
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=False)
    assert rsvps.set_rsvp(stage.ctx(stage.peer), session.id, going=True).going_count == 1


def test_only_members_come_and_only_while_it_is_ahead_or_running(stage: Stage) -> None:
    session = stage.session()
    for stranger in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            rsvps.set_rsvp(stage.ctx(stranger), session.id, going=True)
    schedule.cancel_session(stage.ctx(stage.mentor), session.id, reason="Ill")
    with pytest.raises(Forbidden):
        rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    over = stage.running()
    leading.end_session(stage.ctx(stage.mentor), over.id)
    with pytest.raises(Forbidden):
        rsvps.set_rsvp(stage.ctx(stage.learner), over.id, going=True)


def test_where_places_are_limited_only_those_who_have_one_take_part(stage: Stage) -> None:
    session = stage.session(capacity=1)
    stage.vote(session, stage.ask(session, body="Asked beforehand"))
    leading.start_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden, match="I am coming"):
        stage.ask(session)
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    question = stage.ask(session)
    with pytest.raises(Forbidden, match="All places are taken"):
        stage.vote(session, question, stage.peer)
    stage.vote(session, question, stage.mentor)
    assert question.score == 1
