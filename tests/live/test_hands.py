"""Raised hands: in order, one speaker at a time, times of this server, and down when somebody leaves or all is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.enums import HandState
from social_cme.live.models import LiveSession, RaisedHand
from social_cme.live.queries.stage import list_hands
from social_cme.live.services import hands, leading
from tests.live.stage import NOON, Stage


def up(stage: Stage, session: LiveSession, user: User | None = None) -> RaisedHand:
    return hands.raise_hand(stage.ctx(user or stage.learner), session.id)


def fresh(hand: RaisedHand) -> RaisedHand:
    found = db.session.get(RaisedHand, hand.id, populate_existing=True)
    assert found is not None
    return found


def test_a_hand_goes_up_once_and_down(stage: Stage) -> None:
    session = stage.running()
    first, again = up(stage, session), up(stage, session)
    assert first.id == again.id
    for _ in range(2):
        hands.lower_hand(stage.ctx(stage.learner), session.id)
    assert fresh(first).state == HandState.LOWERED
    assert up(stage, session).id != first.id
    assert [kind for kind in stage.kinds(session) if kind.startswith("hand.")] == [
        "hand.raised",
        "hand.ended",
        "hand.raised",
    ]


def test_hands_go_up_while_the_session_runs_and_for_members(stage: Stage) -> None:
    session = stage.session()
    with pytest.raises(Forbidden, match="started"):
        up(stage, session)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    for user in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            hands.raise_hand(stage.ctx(user), session.id)
    with pytest.raises(NotFound):
        hands.raise_hand(stage.ctx(stage.learner, stage.other_room), session.id)


def test_the_floor_goes_in_order_to_one_at_a_time_with_the_servers_times(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running()
        one, two = up(stage, session), up(stage, session, stage.peer)
    mentor = stage.ctx(stage.mentor)
    with clock.at(NOON + timedelta(minutes=1)):
        taken = hands.next_speaker(mentor, session.id, minutes=2)
        assert taken is not None
        assert taken.id == one.id
        assert fresh(one).until_at == NOON + timedelta(minutes=3)
    with clock.at(NOON + timedelta(minutes=4)):
        assert hands.next_speaker(mentor, session.id) is not None
    assert (fresh(one).state, fresh(one).given_at, fresh(one).ended_at) == (
        HandState.DONE, NOON + timedelta(minutes=1), NOON + timedelta(minutes=4),
    )  # fmt: skip
    assert (fresh(two).state, fresh(two).until_at) == (HandState.SPEAKING, None)
    assert hands.next_speaker(mentor, session.id) is None
    assert list_hands(session.id) == []


def test_the_floor_is_given_out_of_turn_and_prolonged(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running()
        one, two = up(stage, session), up(stage, session, stage.peer)
        mentor = stage.ctx(stage.mentor)
        hands.give_floor(mentor, session.id, two.id, minutes=1)
    with clock.at(NOON + timedelta(seconds=50)):
        hands.give_floor(mentor, session.id, two.id, minutes=1)
    assert (fresh(two).given_at, fresh(two).until_at) == (NOON, NOON + timedelta(seconds=110))
    hands.give_floor(mentor, session.id, one.id)
    assert (fresh(one).state, fresh(two).state) == (HandState.SPEAKING, HandState.DONE)
    with pytest.raises(Conflict, match="down already"):
        hands.give_floor(mentor, session.id, two.id)
    for minutes in (-1, 61):
        with pytest.raises(Invalid):
            hands.give_floor(mentor, session.id, one.id, minutes=minutes)


def test_a_repeated_call_for_the_next_speaker_skips_nobody(stage: Stage) -> None:
    session = stage.running()
    one, two = up(stage, session), up(stage, session, stage.peer)
    for _ in range(2):
        hands.next_speaker(stage.ctx(stage.mentor), session.id, client_id="next-00001")
    assert (fresh(one).state, fresh(two).state) == (HandState.SPEAKING, HandState.RAISED)


def test_only_who_leads_gives_the_floor_and_lowers_others_hands(stage: Stage) -> None:
    session, other = stage.running(), stage.running()
    hand = up(stage, session)
    peer = stage.ctx(stage.peer)
    for act in (
        lambda: hands.give_floor(peer, session.id, hand.id),
        lambda: hands.next_speaker(peer, session.id),
        lambda: hands.lower_hand(peer, session.id, hand.id),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        hands.give_floor(stage.ctx(stage.mentor), other.id, hand.id)
    hands.lower_hand(stage.ctx(stage.mentor), session.id, hand.id)
    assert fresh(hand).state == HandState.LOWERED


def test_hands_go_down_when_the_session_ends(stage: Stage) -> None:
    session = stage.running()
    one, two = up(stage, session), up(stage, session, stage.peer)
    hands.next_speaker(stage.ctx(stage.mentor), session.id)
    leading.end_session(stage.ctx(stage.mentor), session.id)
    assert (fresh(one).state, fresh(two).state) == (HandState.DONE, HandState.LOWERED)
    assert fresh(two).ended_at is not None


def test_the_hand_of_somebody_whose_page_is_gone_goes_down_after_90_seconds(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running()
    stage.beat(session, NOON)
    stage.beat(session, NOON, user=stage.peer)
    with clock.at(NOON):
        gone, here = up(stage, session), up(stage, session, stage.peer)
    stage.beat(session, NOON + timedelta(seconds=75), user=stage.peer)
    with clock.at(NOON + timedelta(seconds=89)):
        assert hands.lower_gone() == 0
    with clock.at(NOON + timedelta(seconds=90)):
        assert hands.lower_gone() == 1
    assert (fresh(gone).state, fresh(here).state) == (HandState.LOWERED, HandState.RAISED)


def test_pages_work_without_javascript(stage: Stage, login: Callable[[User], FlaskClient]) -> None:
    session = stage.running()
    mentor, learner = login(stage.mentor), login(stage.learner)
    root = f"/rooms/{stage.room.slug}/live/{session.id}"

    def send(browser: FlaskClient, path: str, **values: str) -> None:
        token = browser.get("/live").text.split('name="csrf-token" content="')[1].split('"')[0]
        assert browser.post(root + path, data={"csrf_token": token, **values}).status_code == 303

    send(learner, "/hand", up="1")
    page = mentor.get(root).text
    assert '<span class="hand-name" data-field="name">Learner</span>' in page
    assert "Give the floor" in page
    assert "Give the floor" not in learner.get(root).text
    send(mentor, "/hands", do="next", minutes="2")
    assert '<strong data-field="speaker">Learner</strong> speaks' in learner.get(root).text
    send(learner, "/hand", up="0")
    assert list_hands(session.id) == []
