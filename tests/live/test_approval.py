"""Questions that wait for approval: seen by their authors and who leads alone, until one of these decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.enums import QuestionState
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.queries.board import list_questions, load_board
from social_cme.live.services import approval, leading, options, questions, queue, schedule
from social_cme.live.services.options import OptionsChange
from social_cme.notifications.models import Notification
from social_cme.persistence.delivery import deliver_pending
from social_cme.rooms.services.members import set_role
from tests.live.audience import Listener
from tests.live.stage import Stage

Connect = Callable[[User], SocketIOTestClient]
Login = Callable[[User], FlaskClient]
WORDS = "Canary furosemide"


@pytest.fixture
def session(stage: Stage) -> LiveSession:
    """A running session that wants to look at questions first."""
    running = stage.running()
    options.change_options(stage.ctx(stage.mentor), running.id, change=OptionsChange(approve_first=True))
    return running


@pytest.fixture
def waiting(stage: Stage, session: LiveSession) -> LiveQuestion:
    return stage.ask(session, body=WORDS)


def test_a_question_waits_and_is_let_into_the_queue(stage: Stage, session: LiveSession, waiting: LiveQuestion) -> None:
    assert waiting.state == QuestionState.PENDING
    assert list_questions(session.id) == []
    for _ in range(2):
        approval.approve(stage.ctx(stage.mentor), session.id, waiting.id)
    assert waiting.state == QuestionState.OPEN
    assert [one.id for one in list_questions(session.id)] == [waiting.id]
    assert stage.kinds(session).count("question.state_changed") == 1


def test_who_leads_asks_without_waiting(stage: Stage, session: LiveSession) -> None:
    for user in (stage.mentor, stage.coordinator):
        assert stage.ask(session, user).state == QuestionState.OPEN


def test_one_that_is_declined_goes_to_its_author_with_the_reason(
    stage: Stage, session: LiveSession, waiting: LiveQuestion
) -> None:
    ctx = stage.ctx(stage.mentor)
    with pytest.raises(Invalid):
        approval.decline(ctx, session.id, waiting.id, reason=" ")
    approval.decline(ctx, session.id, waiting.id, reason="Names a ward", client_id="decline-01")
    approval.decline(ctx, session.id, waiting.id, reason="Another", client_id="decline-01")
    [mine] = load_board(stage.ctx(stage.learner), session).unseen.mine
    assert (mine.state, mine.state_reason) == (QuestionState.DECLINED, "Names a ward")
    assert load_board(stage.ctx(stage.peer), session).unseen.mine == []
    deliver_pending()
    told = db.session.query(Notification).filter_by(kind="question_declined").all()
    assert [one.user_id for one in told] == [stage.learner.id]
    # It can be shown after all, and is then like any other.
    assert approval.approve(ctx, session.id, waiting.id).state_reason == ""
    with pytest.raises(Conflict, match="shown already"):
        approval.decline(ctx, session.id, waiting.id, reason="Too late")


def test_only_who_leads_decides_and_only_in_this_session(
    stage: Stage, session: LiveSession, waiting: LiveQuestion
) -> None:
    other = stage.running()
    acts: list[Callable[[Any, int], object]] = [
        lambda ctx, place: approval.approve(ctx, place, waiting.id),
        lambda ctx, place: approval.decline(ctx, place, waiting.id, reason="No"),
    ]
    for act in acts:
        for user in (stage.learner, stage.peer, None):
            with pytest.raises(Forbidden):
                act(stage.ctx(user), session.id)
        with pytest.raises(NotFound):
            act(stage.ctx(stage.mentor), other.id)
        with pytest.raises(NotFound):
            act(stage.ctx(stage.mentor, stage.other_room), session.id)
    assert waiting.state == QuestionState.PENDING


def test_what_waits_can_be_neither_voted_up_nor_answered_nor_merged(
    stage: Stage, session: LiveSession, waiting: LiveQuestion
) -> None:
    shown = stage.ask(session, stage.mentor)
    ctx = stage.ctx(stage.mentor)
    # To others it is absent, also by its number.
    for act in (questions.vote, questions.unvote):
        with pytest.raises(NotFound):
            act(stage.ctx(stage.peer), session.id, waiting.id)
    acts: list[Callable[[], object]] = [
        lambda: queue.mark_answering(ctx, session.id, waiting.id),
        lambda: queue.answer(ctx, session.id, waiting.id),
        lambda: queue.answer_later(ctx, session.id, waiting.id),
        lambda: queue.skip(ctx, session.id, waiting.id, reason="No"),
        lambda: queue.hide_question(ctx, session.id, waiting.id, reason="No"),
        lambda: queue.reopen(ctx, session.id, waiting.id),
        lambda: queue.merge(ctx, session.id, waiting.id, into_id=shown.id),
        lambda: queue.merge(ctx, session.id, shown.id, into_id=waiting.id),
    ]
    for act in acts:
        with pytest.raises(Conflict):
            act()
    assert waiting.state == QuestionState.PENDING


def test_what_waits_counts_among_the_twenty_of_a_person(stage: Stage, session: LiveSession) -> None:
    for number in range(20):
        stage.ask(session, body=f"Question {number}")
    with pytest.raises(Conflict):
        stage.ask(session)


def test_the_end_of_a_session_leaves_no_author_without_a_word(
    stage: Stage, session: LiveSession, waiting: LiveQuestion
) -> None:
    leading.end_session(stage.ctx(stage.mentor), session.id)
    db.session.expire_all()
    assert waiting.state == QuestionState.DECLINED
    assert "session ended" in waiting.state_reason
    assert waiting.thread_id is None


def test_nobody_else_finds_its_words_anywhere(
    stage: Stage, session: LiveSession, waiting: LiveQuestion, login: Login, connect: Connect
) -> None:
    approval.decline(stage.ctx(stage.mentor), session.id, stage.ask(session, body=f"{WORDS} two").id, reason="No")
    room, api = f"/rooms/{stage.room.slug}/live/{session.id}", f"/api/v1/rooms/{stage.room.slug}/sessions/{session.id}"
    places = (room, f"{room}/projector", f"{room}/private", f"{room}/questions/{waiting.id}", f"{room}/questions/{waiting.id}/private",
              f"{api}/state", f"{api}/questions", f"{api}/questions/mine", f"{api}/pending", f"{api}/private", "/search?q=Canary")  # fmt: skip
    for user in (stage.peer, stage.make.user()):
        browser = login(user)
        assert [place for place in places if WORDS in browser.get(place).text] == []
        listener = Listener(connect(user))
        heard = listener.send("subscribe", channel=f"live:{session.id}", since=0)
        assert heard["ok"]
        assert WORDS not in str(heard)
        assert [one["kind"] for one in heard["messages"]].count("hidden") == 3
        for channel in (f"stage:{session.id}", "stage:999999"):
            assert listener.send("subscribe", channel=channel, since=0)["error"]["code"] == "not_found"
    own = login(stage.learner)
    assert WORDS in own.get(room).text
    assert WORDS in own.get(f"{api}/questions/mine").text
    assert own.get(f"{api}/pending").status_code == 403
    lead = login(stage.mentor)
    assert all(WORDS in lead.get(place).text for place in (room, f"{api}/state", f"{api}/pending"))


def test_who_leads_hears_of_it_until_they_lead_no_more(stage: Stage, session: LiveSession, connect: Connect) -> None:
    co = stage.make.user("Co-mentor")
    stage.make.membership(stage.room, co, role="mentor")
    plan = schedule.current_plan(stage.ctx(stage.mentor), session.id)
    schedule.edit_session(stage.ctx(stage.mentor), session.id, plan=plan.changed(mentor_ids=(stage.mentor.id, co.id)))
    listeners = [Listener(connect(user)) for user in (stage.mentor, co)]
    for one in listeners:
        one.state = {"seq": 0}
        assert one.send("subscribe", channel=f"stage:{session.id}", since=0)["ok"]
    stage.ask(session, body=WORDS)
    for one in listeners:
        [message] = _arrived(one)
        assert message["kind"] == "stage.question"
        assert message["data"]["question"]["body"] == WORDS
    # One is released from the session, the other is a learner from now on.
    schedule.edit_session(stage.ctx(stage.mentor), session.id, plan=plan.changed(mentor_ids=(stage.mentor.id,)))
    stage.ask(session, body=f"{WORDS} again")
    assert [len(_arrived(one)) for one in listeners] == [1, 0]
    set_role(stage.ctx(stage.coordinator), user_id=stage.mentor.id, role="learner")
    stage.ask(session, body=f"{WORDS} once more")
    assert _arrived(listeners[0]) == []


def _arrived(listener: Listener) -> list[dict[str, Any]]:
    batches = [one["args"] for one in listener.socket.get_received() if one["name"] == "message"]
    return [message for batch in batches for part in batch for message in (part if isinstance(part, list) else [part])]
