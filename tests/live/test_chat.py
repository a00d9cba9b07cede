"""The chat: plain text while the session runs, and what is hidden is hidden everywhere."""

from __future__ import annotations

import pytest

from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.live.queries.board import list_chat
from social_cme.live.services import chat, leading
from tests.live.stage import Stage


def test_members_write_while_the_session_runs(stage: Stage) -> None:
    session = stage.session()
    with pytest.raises(Forbidden, match="opens when"):
        stage.say(session)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    message = stage.say(session, " <b>Good</b> evening ")
    assert message.body == "<b>Good</b> evening"
    leading.end_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden, match="over"):
        stage.say(session)
    assert "chat.posted" in stage.kinds(session)


@pytest.mark.parametrize("body", ["", "\n", "x" * 1001])
def test_a_line_has_1_to_1000_characters(stage: Stage, body: str) -> None:
    session = stage.running()
    with pytest.raises(Invalid):
        stage.say(session, body)


def test_strangers_write_nothing(stage: Stage) -> None:
    session = stage.running()
    for user in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            chat.post_message(stage.ctx(user), session.id, body="Hello")


def test_a_repeated_line_stands_once(stage: Stage) -> None:
    session = stage.running()
    ctx = stage.ctx(stage.learner)
    first, again = (chat.post_message(ctx, session.id, body="Hello", client_id="chat-0001") for _ in range(2))
    assert first.id == again.id
    assert len(list_chat(session).items) == 1


def test_a_line_is_hidden_by_who_moderates(stage: Stage) -> None:
    session = stage.running()
    message = stage.say(session)
    with pytest.raises(Forbidden):
        chat.hide_message(stage.ctx(stage.peer), session.id, message.id)
    for _ in range(2):
        chat.hide_message(stage.ctx(stage.mentor), session.id, message.id)
    assert message.hidden_at is not None
    assert stage.kinds(session).count("chat.hidden") == 1


def test_a_line_of_another_session_is_not_found(stage: Stage) -> None:
    session, other = stage.running(), stage.running()
    message = stage.say(session)
    with pytest.raises(NotFound):
        chat.hide_message(stage.ctx(stage.mentor), other.id, message.id)
    with pytest.raises(NotFound):
        chat.post_message(stage.ctx(stage.learner, stage.other_room), session.id, body="Hello")


def test_the_chat_is_read_backwards_page_by_page(stage: Stage) -> None:
    session = stage.running()
    for number in range(25):
        stage.say(session, f"Line {number}")
    first = list_chat(session, limit=10)
    second = list_chat(session, limit=10, cursor=first.next_cursor)
    third = list_chat(session, limit=10, cursor=second.next_cursor)
    lines = [one.body for page in (first, second, third) for one in page.items]
    assert lines == [f"Line {number}" for number in reversed(range(25))]
    assert third.next_cursor is None
