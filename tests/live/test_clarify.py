"""Private words about a question: who leads asks an author who is not named, and learns no name by it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live import rules
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.queries.clarifications import list_conversations
from social_cme.live.services import leading, options, questions
from social_cme.live.services.clarifications import say_privately
from social_cme.live.services.options import OptionsChange
from social_cme.notifications.models import Notification
from social_cme.notifications.queries import list_notices
from social_cme.persistence.delivery import deliver_pending
from social_cme.persistence.facts import facts_since
from tests.live.stage import Stage

Login = Callable[[User], FlaskClient]


@pytest.fixture
def session(stage: Stage) -> LiveSession:
    return stage.running()


@pytest.fixture
def question(stage: Stage, session: LiveSession) -> LiveQuestion:
    return questions.ask(stage.ctx(stage.learner), session.id, body="Which dose?", pseudonym="member")


def said(stage: Stage, session: LiveSession, user: User) -> list[list[str]]:
    db.session.expire_all()
    return [[row.body for row in one.messages] for one in list_conversations(stage.ctx(user), session)]


def test_who_leads_asks_and_the_author_answers(stage: Stage, session: LiveSession, question: LiveQuestion) -> None:
    mentor, author = stage.ctx(stage.mentor), stage.ctx(stage.learner)
    for _ in range(2):
        say_privately(mentor, session.id, question.id, body=" Which weight? ", client_id="private-01")
    answer = say_privately(author, session.id, question.id, body="Twelve kilograms.", mentor_id=stage.mentor.id)
    assert answer.is_from_author
    for user in (stage.mentor, stage.learner):
        assert said(stage, session, user) == [["Which weight?", "Twelve kilograms."]]
    for user in (stage.peer, stage.coordinator):
        assert said(stage, session, user) == []
    deliver_pending()
    told = {(one.user_id, one.kind, one.actor_id) for one in db.session.query(Notification)}
    assert (stage.learner.id, "private_question", stage.mentor.id) in told
    assert (stage.mentor.id, "private_answer", None) in told
    notice = next(one for one in list_notices(stage.mentor).items if one.kind == "private_answer")
    assert notice.text == f"The author of a question in “{session.title}” answered you in private"
    assert notice.endpoint == "live.private"
    heard = [
        one for one in facts_since(db.session(), f"user:{stage.mentor.id}", since=0, limit=10) if "clarif" in one.kind
    ]
    assert [(one.kind, one.actor_id) for one in heard] == [("live_clarification.answered", None)]


def test_everybody_else_finds_nothing(stage: Stage, session: LiveSession, question: LiveQuestion) -> None:
    other = stage.running()
    with pytest.raises(NotFound):
        say_privately(stage.ctx(stage.peer), session.id, question.id, body="Hello")
    for user in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            say_privately(stage.ctx(user), session.id, question.id, body="Hello")
    with pytest.raises(NotFound):
        say_privately(stage.ctx(stage.mentor), other.id, question.id, body="Hello")
    with pytest.raises(NotFound):
        say_privately(stage.ctx(stage.mentor, stage.other_room), session.id, question.id, body="Hello")


def test_the_author_answers_only_who_has_asked(stage: Stage, session: LiveSession, question: LiveQuestion) -> None:
    for mentor_id in (None, stage.mentor.id, 10**9):
        with pytest.raises(NotFound):
            say_privately(stage.ctx(stage.learner), session.id, question.id, body="Hello", mentor_id=mentor_id)


def test_a_named_author_is_asked_in_private_only_before_the_question_is_shown(
    stage: Stage, session: LiveSession
) -> None:
    ctx = stage.ctx(stage.mentor)
    with pytest.raises(Forbidden, match="is named"):
        say_privately(ctx, session.id, stage.ask(session).id, body="Why?")
    options.change_options(ctx, session.id, change=OptionsChange(approve_first=True))
    say_privately(ctx, session.id, stage.ask(session).id, body="Which ward?")
    assert said(stage, session, stage.learner) == [["Which ward?"]]


def test_it_goes_on_after_the_end(stage: Stage, session: LiveSession, question: LiveQuestion) -> None:
    leading.end_session(stage.ctx(stage.mentor), session.id)
    say_privately(stage.ctx(stage.mentor), session.id, question.id, body="Which weight?")
    assert said(stage, session, stage.learner) == [["Which weight?"]]


@pytest.mark.parametrize("body", ["", " \n", "x" * 1001])
def test_a_message_has_1_to_1000_characters(
    stage: Stage, session: LiveSession, question: LiveQuestion, body: str
) -> None:
    with pytest.raises(Invalid):
        say_privately(stage.ctx(stage.mentor), session.id, question.id, body=body)


def test_a_conversation_has_an_end(
    stage: Stage, session: LiveSession, question: LiveQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_IN_CONVERSATION", 2)
    for _ in range(2):
        say_privately(stage.ctx(stage.mentor), session.id, question.id, body="More?")
    with pytest.raises(Conflict):
        say_privately(stage.ctx(stage.mentor), session.id, question.id, body="More?")


def test_without_javascript(stage: Stage, session: LiveSession, question: LiveQuestion, login: Login) -> None:
    room = f"/rooms/{stage.room.slug}/live/{session.id}"
    address = f"{room}/questions/{question.id}/private"
    mentor, author, peer = login(stage.mentor), login(stage.learner), login(stage.peer)
    page = mentor.get(address).text
    assert "Member of this room" in page
    assert "Learner" not in page

    def post(browser: FlaskClient, **values: str) -> int:
        token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/live").text)
        assert token is not None
        return browser.post(address, data={"csrf_token": token.group(1), **values}).status_code

    assert post(mentor, body="x" * 1001) == 422
    assert post(mentor, body="Which weight?") == 303
    assert "Private words about questions here (1)" in author.get(room).text
    assert "Which weight?" in author.get(f"{room}/private").text
    assert post(author, body="Twelve.", mentor=str(stage.mentor.id)) == 303
    assert "Twelve." in mentor.get(f"{room}/private").text
    assert peer.get(address).status_code == 404
    assert post(peer, body="Me too") == 404
    assert "Twelve." not in peer.get(f"{room}/private").text
