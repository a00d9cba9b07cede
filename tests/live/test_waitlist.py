"""The line for places: given away exactly once and in order, and never left free while somebody waits who may come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.accounts.services.administration import ban_user
from social_cme.core.errors import Forbidden
from social_cme.extensions import db
from social_cme.live.enums import RsvpState, SessionState
from social_cme.live.models import LiveSession, Rsvp
from social_cme.live.queries.rsvps import MyRsvp, my_rsvp
from social_cme.live.services import leading, rsvps, schedule
from social_cme.persistence.transaction import transaction
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.joining import join_room, leave_room
from social_cme.rooms.services.members import ban_member, remove_member
from tests.live.stage import Stage

Deliver = Callable[[], int]


@pytest.fixture
def crowd(stage: Stage) -> list[User]:
    """Six more members of the room."""
    people = [stage.make.user(f"Guest {number}") for number in range(6)]
    for one in people:
        stage.make.membership(stage.room, one)
    return people


def come(stage: Stage, session: LiveSession, *people: User) -> None:
    for one in people:
        rsvps.set_rsvp(stage.ctx(one), session.id, going=True)


def stay_away(stage: Stage, session: LiveSession, user: User) -> None:
    rsvps.set_rsvp(stage.ctx(user), session.id, going=False)


def going(session: LiveSession) -> list[int]:
    statement = select(Rsvp.user_id).where(Rsvp.session_id == session.id, Rsvp.state == RsvpState.GOING)
    return sorted(db.session.scalars(statement))


def line(session: LiveSession) -> list[int]:
    statement = select(Rsvp.user_id).where(Rsvp.session_id == session.id, Rsvp.state == RsvpState.WAITING)
    return list(db.session.scalars(statement.order_by(Rsvp.ticket)))


def counts(session: LiveSession) -> tuple[int, int]:
    db.session.expire_all()
    return session.going_count, session.waiting_count


def test_whoever_finds_every_place_taken_waits_in_order(stage: Stage, crowd: list[User]) -> None:
    session = stage.session(capacity=2)
    come(stage, session, *crowd)
    come(stage, session, crowd[5], crowd[0])
    assert going(session) == [one.id for one in crowd[:2]]
    assert line(session) == [one.id for one in crowd[2:]]
    assert counts(session) == (2, 4)
    assert my_rsvp(crowd[3].id, session.id) == MyRsvp(RsvpState.WAITING, 2)
    assert my_rsvp(crowd[0].id, session.id) == MyRsvp(RsvpState.GOING)
    assert my_rsvp(stage.learner.id, session.id) == MyRsvp()
    assert my_rsvp(None, session.id) == MyRsvp()


def test_a_place_that_is_given_back_goes_to_the_first_in_line(stage: Stage, crowd: list[User]) -> None:
    session = stage.session(capacity=1)
    come(stage, session, *crowd[:4])
    stay_away(stage, session, crowd[2])
    stay_away(stage, session, crowd[0])
    assert going(session) == [crowd[1].id]
    assert line(session) == [crowd[3].id]
    come(stage, session, crowd[0])
    assert line(session) == [crowd[3].id, crowd[0].id], "who comes back stands at the end"
    assert counts(session) == (1, 2)
    assert stage.kinds(session)[-4:] == ["rsvp.given", "rsvp.given", "rsvp.moved_up", "rsvp.given"]


def test_more_places_let_as_many_people_move_up(stage: Stage, crowd: list[User]) -> None:
    session = stage.session(capacity=1)
    come(stage, session, *crowd)
    plan = schedule.current_plan(stage.ctx(stage.mentor), session.id)
    schedule.edit_session(stage.ctx(stage.mentor), session.id, plan=plan.changed(capacity=3))
    assert going(session) == [one.id for one in crowd[:3]]
    assert counts(session) == (3, 3)
    schedule.edit_session(stage.ctx(stage.mentor), session.id, plan=plan.changed(capacity=None))
    assert counts(session) == (6, 0)


@pytest.mark.parametrize("ending", ["left", "removed", "banned", "account"])
def test_the_place_of_whoever_leaves_the_room_goes_to_the_first_in_line(
    stage: Stage, crowd: list[User], deliver: Deliver, ending: str
) -> None:
    session, other = stage.session(capacity=1), stage.session()
    come(stage, session, *crowd[:3])
    come(stage, other, crowd[0])
    gone = crowd[0]
    if ending == "left":
        leave_room(stage.ctx(gone))
    elif ending == "removed":
        remove_member(stage.ctx(stage.coordinator), user_id=gone.id, reason="Left the hospital.")
    elif ending == "banned":
        ban_member(stage.ctx(stage.coordinator), user_id=gone.id, reason="Advertising.")
    else:
        ban_user(actor=None, user_id=gone.id, reason="Advertising.")
    deliver()
    assert going(session) == [crowd[1].id]
    assert line(session) == [crowd[2].id]
    assert counts(session) == (1, 1)
    assert counts(other) == (0, 0)
    assert rsvps.release_places(user_id=gone.id) == 0, "heard twice it changes nothing"


def test_whoever_left_and_came_back_before_the_news_arrives_keeps_the_place(
    stage: Stage, crowd: list[User], deliver: Deliver
) -> None:
    session = stage.session(capacity=1)
    come(stage, session, crowd[0], crowd[1])
    leave_room(stage.ctx(crowd[0]))
    join_room(stage.ctx(crowd[0]), accepted_version=stage.room.ground_rules_version)
    deliver()
    assert going(session) == [crowd[0].id]


def test_nobody_moves_up_who_may_not_come_any_more(stage: Stage, crowd: list[User]) -> None:
    session = stage.session(capacity=1)
    come(stage, session, *crowd[:4])
    remove_member(stage.ctx(stage.coordinator), user_id=crowd[1].id, reason="No longer here.")
    stay_away(stage, session, crowd[0])
    assert going(session) == [crowd[2].id]


def test_a_place_given_back_while_the_session_runs_is_taken(stage: Stage, crowd: list[User]) -> None:
    session = stage.session(capacity=1)
    come(stage, session, crowd[0], crowd[1])
    leading.start_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden, match="wait for a place"):
        stage.ask(session, crowd[1])
    stay_away(stage, session, crowd[0])
    assert stage.ask(session, crowd[1]).author_id == crowd[1].id


def test_nobody_moves_up_in_a_session_that_is_over(stage: Stage, crowd: list[User], deliver: Deliver) -> None:
    session = stage.session(capacity=1)
    come(stage, session, crowd[0], crowd[1])
    schedule.cancel_session(stage.ctx(stage.mentor), session.id, reason="Ill")
    leave_room(stage.ctx(crowd[0]))
    deliver()
    assert session.state == SessionState.CANCELLED
    assert line(session) == [crowd[1].id]


def test_who_is_in_line_is_told_by_number_alone(stage: Stage, crowd: list[User], connect: Any) -> None:
    session = stage.session(capacity=1)
    socket = connect(stage.peer)
    answer = socket.emit("subscribe", {"channel": f"live:{session.id}", "since": 0}, callback=True)
    come(stage, session, crowd[0], crowd[1])
    stay_away(stage, session, crowd[0])
    heard = [one for packet in socket.get_received() if packet["name"] == "message" for one in packet["args"]]
    told = [item["data"] for one in heard for item in (one if isinstance(one, list) else [one])]
    assert answer["ok"]
    assert told[-1] == {"session": {"id": session.id, "going_count": 1, "waiting_count": 0}}
    assert all(set(one["session"]) == {"id", "going_count", "waiting_count"} for one in told)


def test_a_repeated_request_takes_one_place_in_line(stage: Stage, crowd: list[User]) -> None:
    session = stage.session(capacity=1)
    come(stage, session, crowd[0])
    for _ in range(2):
        rsvps.set_rsvp(stage.ctx(crowd[1]), session.id, going=True, client_id="come-000001")
    assert counts(session) == (1, 1)
    stay_away(stage, session, crowd[1])
    rsvps.set_rsvp(stage.ctx(crowd[1]), session.id, going=True, client_id="come-000001")
    assert counts(session) == (1, 0)


def test_a_refused_transaction_gives_no_place_away(stage: Stage, crowd: list[User]) -> None:
    session = stage.session(capacity=1)
    come(stage, session, crowd[0], crowd[1])
    before = len(stage.facts(session))

    def give_back_and_fail() -> None:
        with transaction():
            stay_away(stage, session, crowd[0])
            rsvps.set_rsvp(stage.ctx(None), session.id, going=True)

    with pytest.raises(Forbidden):
        give_back_and_fail()
    assert going(session) == [crowd[0].id]
    assert len(stage.facts(session)) == before


def test_people_who_come_and_go_at_once_never_exceed_the_places(app: Flask, stage: Stage) -> None:
    session_id, slug = stage.session(capacity=10).id, stage.room.slug
    people = [stage.make.user().id for _ in range(40)]
    for user_id in people:
        stage.make.membership(stage.room, db.session.get_one(User, user_id))
    db.session.remove()
    failed: list[BaseException] = []
    ready = threading.Barrier(len(people))

    def press(user_id: int, number: int) -> None:
        try:
            ready.wait(timeout=30)
            with app.app_context():
                # Every fourth one changes their mind, so that places are given back while others ask for them.
                for wish in (True, False) if number % 4 == 0 else (True,):
                    actor = db.session.get_one(User, user_id)
                    rsvps.set_rsvp(open_room(actor, slug), session_id, going=wish)
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
            failed.append(error)

    threads = [threading.Thread(target=press, args=(one, number)) for number, one in enumerate(people)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    session = db.session.get_one(LiveSession, session_id)
    assert len(going(session)) == 10
    assert len(line(session)) == 20
    assert (session.going_count, session.waiting_count) == (10, 20)
    tickets = select(func.count(Rsvp.ticket), func.count(func.distinct(Rsvp.ticket))).where(
        Rsvp.session_id == session_id
    )
    assert db.session.execute(tickets).one() == (20, 20)
